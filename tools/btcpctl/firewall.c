// SPDX-License-Identifier: GPL-2.0
#include "firewall.h"

#include <jansson.h>
#include <stdio.h>
#include <string.h>

/* Whether a rule takes the packet */
enum answer { NO, MAYBE, YES };

static const char *text(const json_t *json, const char *key)
{
	return json_string_value(json_object_get(json, key)) ?: "";
}

/* The rules of this network namespace, read once; NULL: there are none to be had */
static json_t *all_rules(void)
{
	static json_t *said;
	static bool tried;
	FILE *nft;

	if (tried)
		return json_object_get(said, "nftables");
	tried = true;
	nft = popen("PATH=$PATH:/usr/sbin:/sbin nft -j list ruleset 2>/dev/null", "re");
	if (!nft)
		return NULL;
	said = json_loadf(nft, 0, NULL);
	pclose(nft);
	return json_object_get(said, "nftables");
}

/* The right side of a comparison: a value, a set of them, a range */
static enum answer in(const json_t *right, const char *word, json_int_t number)
{
	const json_t *set = json_object_get(right, "set") ?: right, *element;
	const json_t *range = json_object_get(right, "range");
	enum answer best = NO, one;
	size_t i;

	if (json_is_integer(right))
		return json_integer_value(right) == number ? YES : NO;
	if (json_is_string(right))
		return *json_string_value(right) == '@' ? MAYBE :
		       !strcmp(json_string_value(right), word) ? YES : NO;
	if (range)
		return json_integer_value(json_array_get(range, 0)) <= number &&
		       number <= json_integer_value(json_array_get(range, 1)) ? YES : NO;
	if (!json_is_array(set))
		return MAYBE;
	json_array_foreach(set, i, element) {
		one = in(element, word, number);
		best = one > best ? one : best;
	}
	return best;
}

static enum answer payload(const json_t *left, const json_t *right, const struct packet *packet)
{
	const char *proto = text(left, "protocol"), *field = text(left, "field");

	if (!strcmp(field, "dport")) {
		if (strcmp(proto, "th") && strcmp(proto, packet->proto))
			return NO;
		return in(right, "", packet->port);
	}
	if (!strcmp(proto, packet->v6 ? "ip" : "ip6"))
		return NO;
	if (!strcmp(field, "protocol") || !strcmp(field, "nexthdr"))
		return in(right, packet->proto, -1);
	if (!strcmp(field, "daddr") && packet->daddr)
		return in(right, packet->daddr, -1);
	return !strcmp(proto, "tcp") || !strcmp(proto, "udp") ?
	       strcmp(proto, packet->proto) ? NO : MAYBE : MAYBE;
}

static enum answer meta(const char *key, const json_t *right, const struct packet *packet)
{
	if (!strcmp(key, "l4proto"))
		return in(right, packet->proto, -1);
	if (!strcmp(key, "nfproto"))
		return in(right, packet->v6 ? "ipv6" : "ipv4", -1);
	/* It comes from another host. */
	if (!strcmp(key, "iif") || !strcmp(key, "iifname"))
		return in(right, "lo", -1) == YES ? NO : MAYBE;
	return MAYBE;
}

static enum answer compare(const json_t *left, const json_t *right, const struct packet *packet)
{
	const char *of_conntrack = text(json_object_get(left, "ct"), "key");
	enum answer answer;

	if (json_object_get(left, "payload"))
		return payload(json_object_get(left, "payload"), right, packet);
	if (json_object_get(left, "meta"))
		return meta(text(json_object_get(left, "meta"), "key"), right, packet);
	if (strcmp(of_conntrack, "state"))
		return MAYBE;
	answer = in(right, packet->tracked ? "new" : "untracked", -1);
	/* Of the control channel both ends speak first: conntrack knows either. */
	if (answer == NO && packet->tracked && !strcmp(packet->proto, "udp"))
		answer = in(right, "established", -1);
	return answer;
}

/* The statement that ends a rule, as one of these; NULL: it does not */
static const char *verdict_of(const json_t *statement)
{
	static const char *const verdicts[] = {
		"accept", "drop", "reject", "dnat", "redirect", "jump", "goto", "return",
		"queue", "xt", NULL
	};

	for (int i = 0; verdicts[i]; i++)
		if (json_object_get(statement, verdicts[i]))
			return verdicts[i];
	return NULL;
}

/* A value of the packet, and for each that it may have a verdict */
static enum answer look_up(const json_t *vmap, const struct packet *packet, const char **verdict)
{
	const json_t *set = json_object_get(json_object_get(vmap, "data"), "set"), *pair;
	enum answer answer;
	size_t i;

	*verdict = "map";
	if (!json_is_array(set))
		return MAYBE;
	json_array_foreach(set, i, pair) {
		answer = compare(json_object_get(vmap, "key"), json_array_get(pair, 0), packet);
		if (answer == NO)
			continue;
		*verdict = verdict_of(json_array_get(pair, 1));
		return answer;
	}
	return NO;
}

/* @verdict: as verdict_of() */
static enum answer takes(const json_t *rule, const struct packet *packet, const char **verdict)
{
	const json_t *statements = json_object_get(rule, "expr"), *statement, *match, *vmap;
	enum answer all = YES, one;
	size_t i;

	*verdict = NULL;
	json_array_foreach(statements, i, statement) {
		match = json_object_get(statement, "match");
		vmap = json_object_get(statement, "vmap");
		one = all;
		if (match) {
			one = compare(json_object_get(match, "left"),
				      json_object_get(match, "right"), packet);
			if (!strcmp(text(match, "op"), "!="))
				one = YES - one;
		} else if (vmap) {
			one = look_up(vmap, packet, verdict);
		} else if (verdict_of(statement)) {
			*verdict = verdict_of(statement);
		} else if (!json_object_get(statement, "counter") &&
			   !json_object_get(statement, "log")) {
			/* Limits and the like */
			one = MAYBE;
		}
		all = one < all ? one : all;
	}
	return all;
}

static bool is(const char *word, const char *other)
{
	return word && !strcmp(word, other);
}

/* Ours are those of its own family and of both */
static bool meets(const json_t *chain, const struct packet *packet, const char *type)
{
	const char *family = text(chain, "family"), *hook = text(chain, "hook");

	return !strcmp(text(chain, "type"), type) &&
	       (!strcmp(hook, "prerouting") || (!strcmp(hook, "input") && !is(type, "nat"))) &&
	       (!strcmp(family, "inet") || !strcmp(family, packet->v6 ? "ip6" : "ip"));
}

static bool belongs(const json_t *rule, const json_t *chain)
{
	return !strcmp(text(rule, "family"), text(chain, "family")) &&
	       !strcmp(text(rule, "table"), text(chain, "table")) &&
	       !strcmp(text(rule, "chain"), text(chain, "name"));
}

static bool chain_drops(const json_t *chain, const struct packet *packet)
{
	const json_t *object, *rule;
	const char *verdict;
	enum answer answer;
	size_t i;

	json_array_foreach(all_rules(), i, object) {
		rule = json_object_get(object, "rule");
		if (!rule || !belongs(rule, chain))
			continue;
		answer = takes(rule, packet, &verdict);
		if (answer == NO || !verdict)
			continue;
		if (!is(verdict, "drop") && !is(verdict, "reject"))
			return false;
		if (answer == YES)
			return true;
	}
	return !strcmp(text(chain, "policy"), "drop");
}

bool firewall_drops(const struct packet *packet, char *mend)
{
	const json_t *object, *chain;
	size_t i;

	json_array_foreach(all_rules(), i, object) {
		chain = json_object_get(object, "chain");
		if (!chain || !meets(chain, packet, "filter") || !chain_drops(chain, packet))
			continue;
		snprintf(mend, FIREWALL_MEND, "nft insert rule %s %s %s %s dport %u accept",
			 text(chain, "family"), text(chain, "table"), text(chain, "name"),
			 packet->proto, packet->port);
		return true;
	}
	return false;
}

bool firewall_rewrites(const struct packet *packet, char *mend)
{
	const json_t *object, *other, *chain, *rule;
	const char *verdict;
	size_t i, j;

	json_array_foreach(all_rules(), i, object) {
		chain = json_object_get(object, "chain");
		if (!chain || !meets(chain, packet, "nat"))
			continue;
		json_array_foreach(all_rules(), j, other) {
			rule = json_object_get(other, "rule");
			if (!rule || !belongs(rule, chain) ||
			    takes(rule, packet, &verdict) != YES ||
			    (!is(verdict, "dnat") && !is(verdict, "redirect")))
				continue;
			snprintf(mend, FIREWALL_MEND, "nft delete rule %s %s %s handle %lld",
				 text(rule, "family"), text(rule, "table"), text(rule, "chain"),
				 (long long)json_integer_value(json_object_get(rule, "handle")));
			return true;
		}
	}
	return false;
}
