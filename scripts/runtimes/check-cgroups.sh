# shellcheck shell=sh
# To be sourced by the scripts of the runtimes that are known by their cgroups or monitors:
# check.sh, and how both are recorded.
. "$RUNTIMES/check.sh"

# keepCgroups WORD...: the cgroups that have a word in their path, and those above, as lines
# HIERARCHY,... PATH UID PID,... with tabs between them. The root's processes are not told.
keepCgroups() {
	[ -n "$record" ] || return 0
	tab=$(printf '\t')
	awk '{ for (i = 7; $i != "-"; i++); if ($(i + 1) ~ /^cgroup2?$/) print $5 }' /proc/self/mountinfo | while read -r top; do
		for word; do
			find "$top" -type d -path "$top*$word*" | while read -r dir; do
				while [ "$dir" != "$top" ]; do
					echo "$dir"
					dir=${dir%/*}
				done
			done
		done | sort -u | while read -r dir; do
			printf '%s\t%s\t%s\t%s\n' "${top##*/}" "${dir#"$top"}" "$(stat -c %u "$dir")" "$(sort -n "$dir/cgroup.procs" | paste -sd , -)"
		done
		printf '%s\t/\t%s\t\n' "${top##*/}" "$(stat -c %u "$top")"
	done | awk -F '\t' '
		{ key = $2 "\t" $3 "\t" $4; if (!(key in of)) order[++n] = key; of[key] = of[key] (of[key] == "" ? "" : ",") $1 }
		END { for (i = 1; i <= n; i++) print of[order[i]] "\t" order[i] }' | sort -t "$tab" -k 2,2 >"$record/cgroups"
}

# keepProcess PID...: what /proc says of a process, its command line and owner, too. Of the
# line of a conmon, which is long, what is about names and places.
keepProcess() {
	[ -n "$record" ] || return 0
	for pid; do
		mkdir -p "$record/proc/$pid"
		for file in cgroup stat; do
			cat "/proc/$pid/$file" >"$record/proc/$pid/$file"
		done
		tr '\0' '\n' <"/proc/$pid/cmdline" | sed '/^--exit-dir$/,$d' | tr '\n' '\0' >"$record/proc/$pid/cmdline"
		stat -c %u "/proc/$pid" >"$record/proc/$pid/uid"
	done
}

# recorded: ends a recording. Of hierarchies that agree on a process one is enough.
recorded() {
	[ -n "$record" ] || return 0
	for file in "$record"/proc/*/cgroup; do
		awk '{ path = $0; sub(/^[^:]*:[^:]*:/, "", path) } !seen[path]++' "$file" >"$WORK/lean"
		cat "$WORK/lean" >"$file"
	done
}

# keepFifos DIR: of containers that have only been created; an empty file in its place.
keepFifos() {
	[ -n "$record" ] || return 0
	find "$1" -name exec.fifo -type p 2>/dev/null | while read -r fifo; do
		mkdir -p "$record${fifo%/*}"
		: >"$record$fifo"
	done
}

# A filter for fields: of crun's status.
# shellcheck disable=SC2089,SC2090 # a filter of jq
export crunFields='{pid, "process-start-time", "cgroup-path", scope, bundle, rootfs, created} | del(.. | nulls)'

# bundle RUNTIME NAME: a bundle of busybox in $WORK/NAME, whose command writes its name to
# /name.
bundle() {
	rootfs "$WORK/$2/rootfs"
	(
		cd "$WORK/$2" || exit
		rm -f config.json
		"$1" spec
		# shellcheck disable=SC2016 # of jq and of the shell inside
		jq --arg name "$2" '.process.terminal = false | .root.readonly = false | .hostname = $name
			| .process.args = ["sh", "-c", "echo $0 >/name; exec sleep 1000", $name]' config.json >new.json
		mv new.json config.json
	)
}
