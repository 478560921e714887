# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
# Completion for bash: btcpctl itself knows what may come next.

_btcpctl() {
	# shellcheck disable=SC2034 # _init_completion sets them
	local cur prev words cword
	_init_completion -n := || return
	mapfile -t COMPREPLY < <("${words[0]}" complete -- "${words[@]:1:cword}" 2>/dev/null)
	if [[ ${COMPREPLY[0]-} == '<file>' ]]; then
		COMPREPLY=()
		_filedir
	fi
} && complete -F _btcpctl btcpctl
