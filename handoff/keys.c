// SPDX-License-Identifier: GPL-2.0
#include <linux/module.h>
#include <linux/slab.h>

#include "handoff/session_priv.h"
#include "handoff/settings.h"

#define FINGERPRINT_LEN	8

static void keypair_free(struct rcu_head *rcu)
{
	kfree_sensitive(container_of(rcu, struct handoff_keypair, rcu));
}

/* Put @kp, which may be NULL, into a slot; what was there goes. */
static void replace(struct handoff_session *session, enum keypair_slot slot,
		    struct handoff_keypair *kp)
{
	struct handoff_keypair *old;

	lockdep_assert_held(&session->lock);
	old = rcu_replace_pointer(session->keys[slot], kp,
				  lockdep_is_held(&session->lock));
	if (old)
		call_rcu(&old->rcu, keypair_free);
}

static struct handoff_keypair *slot(struct handoff_session *session, enum keypair_slot i)
{
	return rcu_dereference_protected(session->keys[i],
					 lockdep_is_held(&session->lock));
}

u32 keys_new_index(struct handoff_session *session)
{
	u32 index;
	unsigned int i;

	lockdep_assert_held(&session->lock);
again:
	/* Of four, three are in use at the most. */
	session->generation = (session->generation + 1) % BIT(KEYS_INDEX_BITS);
	index = session->id << KEYS_INDEX_BITS | session->generation;
	for (i = 0; i < __KEYS_MAX; i++) {
		struct handoff_keypair *kp = slot(session, i);

		if (kp && kp->local_index == index)
			goto again;
	}
	return index;
}

bool keys_psk_is(struct handoff_session *session, const u8 key[CRYPTO_KEY_LEN])
{
	bool same;

	spin_lock_bh(&session->lock);
	same = crypto_equal(session->psk, key, CRYPTO_KEY_LEN);
	spin_unlock_bh(&session->lock);
	return same;
}

bool keys_get_psk(struct handoff_session *session, u32 serial, u8 psk[CRYPTO_KEY_LEN])
{
	const u8 *from = NULL;

	spin_lock_bh(&session->lock);
	if (serial == session->psk_serial)
		from = session->psk;
	else if (serial == session->psk_serial - 1 && session->psk_old_until)
		from = session->psk_old;
	if (from)
		memcpy(psk, from, CRYPTO_KEY_LEN);
	spin_unlock_bh(&session->lock);
	return from;
}

static void drop_old_psk(struct handoff_session *session)
{
	lockdep_assert_held(&session->lock);
	memzero_explicit(session->psk_old, sizeof(session->psk_old));
	session->psk_old_until = 0;
}

/* The peer has proved to know the PSK of @kp: one older than that is over. */
static void psk_used(struct handoff_session *session, const struct handoff_keypair *kp)
{
	if (kp->psk_serial == session->psk_serial)
		drop_old_psk(session);
}

struct handoff_keypair *keypair_alloc(const struct handoff_session *session,
				      const union nf_inet_addr *local, u32 psk_serial)
{
	unsigned long rekey = handoff_timeout(session->net, HANDOFF_TIMEOUT_REKEY);
	struct handoff_keypair *kp = kzalloc(sizeof(*kp), GFP_KERNEL);

	if (!kp)
		return NULL;
	kp->local = *local;
	kp->psk_serial = psk_serial;
	kp->born = jiffies;
	kp->renew = kp->born + rekey;
	kp->reject = kp->born + rekey + rekey / 2;
	kp->aged = jiffies;
	spin_lock_init(&kp->lock);
	return kp;
}

void keys_use(struct handoff_session *session, struct handoff_keypair *kp)
{
	replace(session, KEYS_PREVIOUS, slot(session, KEYS_CURRENT));
	rcu_assign_pointer(session->keys[KEYS_CURRENT], kp);
	psk_used(session, kp);
}

void keys_offer(struct handoff_session *session, struct handoff_keypair *kp)
{
	replace(session, KEYS_NEXT, kp);
}

bool keys_confirm(struct handoff_session *session, struct handoff_keypair *kp)
{
	bool confirmed = false;

	lockdep_assert_in_softirq();
	/* Nearly always they are proved already: no lock for that. */
	if (rcu_access_pointer(session->keys[KEYS_NEXT]) != kp)
		return false;
	spin_lock(&session->lock);
	if (slot(session, KEYS_NEXT) == kp) {
		RCU_INIT_POINTER(session->keys[KEYS_NEXT], NULL);
		keys_use(session, kp);
		confirmed = true;
	}
	spin_unlock(&session->lock);
	if (confirmed)
		control_count(session->control, CONTROL_HANDSHAKES);
	return confirmed;
}

bool keys_wanted(struct handoff_session *session, unsigned long silence)
{
	struct handoff_keypair *kp = slot(session, KEYS_CURRENT);

	lockdep_assert_held(&session->lock);
	return !kp || session->force ||
	       time_after_eq(jiffies, kp->renew) ||
	       atomic64_read(&kp->counter) >= SEAL_REKEY_AFTER ||
	       time_after_eq(jiffies, READ_ONCE(session->heard) + silence);
}

/*
 * Were they not heard of for so long, or, since there are others, need not be?
 * New ones have time for the first word under them, however far it comes from.
 */
static bool faded(struct handoff_session *session, enum keypair_slot i, unsigned long patience)
{
	struct handoff_keypair *kp = slot(session, i), *current_kp = slot(session, KEYS_CURRENT);
	unsigned long heard = READ_ONCE(session->heard), now = jiffies;

	if (i == KEYS_PREVIOUS && current_kp)
		return time_after_eq(now, current_kp->born + 2 * KEYS_LATE_TIME);
	return time_after_eq(now, heard + patience) &&
	       time_after_eq(now, kp->born + max_t(unsigned long, patience, HANDSHAKE_ANSWER_TIME));
}

void keys_expire(struct handoff_session *session, unsigned long patience)
{
	unsigned int i;

	lockdep_assert_held(&session->lock);
	for (i = 0; i < __KEYS_MAX; i++) {
		struct handoff_keypair *kp = slot(session, i);

		if (kp && (keypair_expired(kp) || faded(session, i, patience)))
			replace(session, i, NULL);
	}
	if (session->psk_old_until && time_after(jiffies, session->psk_old_until))
		drop_old_psk(session);
}

void keys_forget(struct handoff_session *session)
{
	unsigned int i;

	for (i = 0; i < __KEYS_MAX; i++)
		replace(session, i, NULL);
	memzero_explicit(session->psk, sizeof(session->psk));
	drop_old_psk(session);
}

bool handoff_session_has_key(struct handoff_session *session, const u8 key[32])
{
	return keys_psk_is(session, key);
}
EXPORT_SYMBOL_GPL(handoff_session_has_key);

void handoff_session_rekey(struct handoff_session *session, const u8 key[32])
{
	unsigned long old = handoff_timeout(session->net, HANDOFF_TIMEOUT_OLD_KEY);

	spin_lock_bh(&session->lock);
	if (crypto_memneq(session->psk, key, sizeof(session->psk))) {
		/* If there is an old one still, the peer has never used this one. */
		if (!session->psk_old_until) {
			memcpy(session->psk_old, session->psk, sizeof(session->psk));
			session->psk_old_until = (jiffies + old) ?: 1;
		}
		memcpy(session->psk, key, sizeof(session->psk));
		WRITE_ONCE(session->psk_serial, session->psk_serial + 1);
		handshake_hurry(session);
	}
	spin_unlock_bh(&session->lock);
}
EXPORT_SYMBOL_GPL(handoff_session_rekey);

void handoff_session_fingerprint(const struct handoff_session *session, u8 out[8])
{
	struct handoff_session *s = (struct handoff_session *)session;
	u8 digest[CRYPTO_HASH_LEN];
	struct crypto_hash hash;

	crypto_hash_init(&hash);
	spin_lock_bh(&s->lock);
	crypto_hash_update(&hash, s->psk, sizeof(s->psk));
	spin_unlock_bh(&s->lock);
	crypto_hash_final(&hash, digest);
	memcpy(out, digest, FINGERPRINT_LEN);
}
EXPORT_SYMBOL_GPL(handoff_session_fingerprint);
