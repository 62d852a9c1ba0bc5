# shellcheck shell=sh
# To be sourced by the scripts of the runtimes: what is expected of gonsenter, a line
# `ok ...` or `FAILED ...` each, and what all of them need.
# What is checked goes by AS, a prefix of words that makes it another user's.
AS=${AS:-}

# asrt COMMAND...: as the user rt, in a session without anything of root's.
asrt() {
	setpriv --reuid=1000 --regid=1000 --clear-groups env HOME=/home/rt USER=rt LOGNAME=rt "$@"
}

said() { printf '%s\n' "$*" | tee -a "$RESULTS"; }
passed() { said "ok $RUNTIME: $*"; }
failed() { said "FAILED $RUNTIME: $*"; }
skipped() { said "skipped $RUNTIME: $*"; }
version() { said "version $*"; }

# one TEXT: on one line, short.
one() { printf '%s' "$1" | tr '\n\t' '| ' | cut -c 1-400; }

# within SECONDS COMMAND...: until it succeeds.
within() {
	rest=$(($1 * 5))
	shift
	until "$@" >/dev/null 2>&1; do
		rest=$((rest - 1))
		[ "$rest" -gt 0 ] || return 1
		sleep 0.2
	done
}

# need COMMAND...: what the script cannot go on without.
need() {
	"$@" 2>"$WORK/need.err" && return
	failed "$* (status $?): $(one "$(cat "$WORK/need.err")")" >&2
	exit 1
}

# expect TARGET PID: that the name leads to that process.
expect() {
	# shellcheck disable=SC2086 # a list of words
	got=$($AS gonsenter --which "$1" 2>&1)
	if [ "$(printf '%s' "$got" | cut -f 1)" = "$2" ] && [ -n "$2" ]; then
		passed "$1 is $2"
		printf '%s\t%s\n' "$1" "$2" >>"$WORK/expected"
	else
		failed "$1 is not $2: $(one "$got")"
	fi
}

# enters TARGET OPTION|WORD... -- OUTPUT: what a command prints there on standard output.
enters() {
	target=$1
	shift
	words=$#
	while [ "$words" -gt 0 ] && [ "$1" != -- ]; do
		set -- "$@" "$1"
		shift
		words=$((words - 1))
	done
	shift
	wanted=$1
	shift
	# shellcheck disable=SC2086 # a list of words
	got=$($AS timeout 20 gonsenter -t "$target" "$@" 2>"$WORK/err" </dev/null)
	if [ "$got" = "$wanted" ]; then
		passed "-t $target $*: $(one "$got")"
	else
		failed "-t $target $*: not '$wanted' but: $(one "$got$(cat "$WORK/err")")"
	fi
}

# fails TARGET OPTION|WORD... -- TEXT...: that nothing is run, and with which words.
fails() {
	target=$1
	shift
	words=$#
	while [ "$words" -gt 0 ] && [ "$1" != -- ]; do
		set -- "$@" "$1"
		shift
		words=$((words - 1))
	done
	shift
	texts=$((words - 1))
	wanted=
	while [ "$texts" -gt 0 ]; do
		wanted="$wanted$1
"
		shift
		texts=$((texts - 1))
	done
	# shellcheck disable=SC2086 # a list of words
	if got=$($AS timeout 20 gonsenter -t "$target" "$@" 2>&1 </dev/null); then
		failed "-t $target $* runs: $(one "$got")"
		return
	fi
	missing=$(printf '%s' "$wanted" | while read -r text; do
		case $got in
		*"$text"*) ;;
		*) echo "'$text'" ;;
		esac
	done)
	if [ -z "$missing" ]; then
		passed "-t $target $*: $(one "$got")"
	else
		failed "-t $target $* fails without $(one "$missing"): $(one "$got")"
	fi
}

# refuses TARGET TEXT...: that it leads nowhere, and each of the texts is in the words.
refuses() {
	target=$1
	shift
	# shellcheck disable=SC2086 # a list of words
	if got=$($AS gonsenter --which "$target" 2>&1); then
		failed "$target leads somewhere: $(one "$got")"
		return
	fi
	for text; do
		case $got in
		*"$text"*) ;;
		*)
			failed "$target is refused without '$text': $(one "$got")"
			return
			;;
		esac
	done
	passed "$target: $(one "$got")"
}

# ambiguous TARGET FORM...: that it names the forms that resolve it, and they do.
ambiguous() {
	refuses "$@"
	shift
	for form; do
		# shellcheck disable=SC2086 # a list of words
		if got=$($AS gonsenter --which "$form" 2>&1); then
			passed "$form leads on"
		else
			failed "$form, a form of an ambiguous name: $(one "$got")"
		fi
	done
}

# shown TARGET...: that each is a line of --targets, once. hidden: none at all.
shown() {
	# shellcheck disable=SC2086 # a list of words
	all=$($AS gonsenter --targets 2>/dev/null)
	for target; do
		echo "$target" >>"$WORK/shown$AS"
		n=$(printf '%s\n' "$all" | grep -cxF -e "$target")
		if [ "$n" -eq 1 ]; then passed "--targets has $target"; else failed "--targets has $target $n times: $(one "$all")"; fi
	done
}
hidden() {
	# shellcheck disable=SC2086 # a list of words
	all=$($AS gonsenter --targets 2>/dev/null)
	for target; do
		[ ! -e "$WORK/shown$AS" ] || sed -i "\\|^$target\$|d" "$WORK/shown$AS"
		if printf '%s\n' "$all" | grep -qxF -e "$target"; then failed "--targets has $target"; else passed "--targets has no $target"; fi
	done
}

# listed: rows KIND ID NAME of --list --json, of every name that stands there.
listed() {
	# shellcheck disable=SC2086 # a list of words
	$AS gonsenter --list --json 2>/dev/null |
		jq -r '.namespaces[] | .type as $type | .ns as $ns | ((.names // []) + [.name // empty])[] | select(. != null and . != "host") | [$type, ($ns | tostring), .] | @tsv' | sort -u
}

# roundtrip: every name that --targets, completion and --list show leads to what it
# stands beside. A namespace that is shared may be entered by any of its processes.
roundtrip() {
	# shellcheck disable=SC2086 # a list of words
	$AS gonsenter --targets 2>/dev/null >"$WORK/targets"
	sort "$WORK/targets" | uniq -d | while read -r name; do failed "--targets has $name more than once"; done
	while read -r name; do
		case $name in
		pod:*/*/*) ;;
		netns:* | pod:*) # of a pod with several containers, what they share
			if $AS gonsenter -t "$name" --net true 2>"$WORK/err"; then passed "shown, and leads on: $name"; else failed "shown: $name: $(one "$(cat "$WORK/err")")"; fi
			continue
			;;
		esac
		if ! got=$($AS gonsenter --which "$name" 2>&1); then
			failed "shown: $name: $(one "$got")"
			continue
		fi
		pid=$(printf '%s' "$got" | cut -f 1)
		known=$(awk -F '\t' -v name="$name" '$1 == name { pid = $2 } END { print pid }' "$WORK/expected" 2>/dev/null)
		if [ "${known:-$pid}" != "$pid" ]; then
			failed "shown: $name leads to $pid, not to $known"
		else
			passed "shown, and leads on: $name is $pid"
		fi
	done <"$WORK/targets"

	listed >"$WORK/listed"
	while read -r kind id name; do
		option=$kind
		[ "$kind" != mnt ] || option=mount
		inode=
		case $name in
		/*) # a file that keeps it
			if [ "$($AS stat -Lc %i "$name" 2>&1)" = "$id" ]; then
				passed "listed, and is there: --$option=$name is $id"
			else
				failed "listed: --$option=$name is not $id"
			fi
			continue
			;;
		esac
		if got=$($AS timeout 20 gonsenter -t "$name" "--$option" --explain=json true 2>&1 </dev/null) &&
			inode=$(entered "$name" "$kind" "$option") && [ "$inode" = "$id" ]; then
			passed "listed, and leads on: $kind of $name is $id"
		else
			failed "listed: $kind of $name is ${inode:-not to be had}, not $id: $(one "$got")"
		fi
	done <"$WORK/listed"

	# What is to be shown stands in both. A unit may share all namespaces with the host.
	[ ! -e "$WORK/shown$AS" ] || sort -u "$WORK/shown$AS" | grep -v ^unit: | while read -r name; do
		if cut -f 3 "$WORK/listed" | grep -qxF -e "$name"; then passed "--list has $name"; else failed "--list has no $name"; fi
	done

	# Completion of bash, with nothing typed.
	# shellcheck disable=SC2016,SC2086 # expands inside; a list of words
	offered=$($AS bash -c '
		eval "$(gonsenter --completion bash)"
		COMP_LINE="gonsenter -t " COMP_WORDS=(gonsenter -t "") COMP_CWORD=2
		_gonsenter gonsenter "" -t >/dev/null 2>&1
		printf "%s\n" "${COMPREPLY[@]}"' 2>&1 | sort)
	if [ "$offered" = "$(sort "$WORK/targets")" ]; then
		passed "completion has the $(grep -c . "$WORK/targets") names of --targets"
	else
		failed "completion has other names than --targets: $(one "$offered")"
	fi
}

# entered NAME KIND OPTION: the namespace that is entered by a name.
entered() {
	if pid=$($AS gonsenter --which "$1" 2>/dev/null | cut -f 1) && [ -n "$pid" ] && [ "$pid" != - ]; then
		readlink "/proc/$pid/ns/$2" | tr -dc 0-9
	elif [ "$2" = net ]; then
		$AS gonsenter -t "$1" --net readlink /proc/self/ns/net 2>/dev/null | tr -dc 0-9
	elif [ "$2" = uts ] || [ "$2" = ipc ]; then
		$AS gonsenter -t "$1" "--$2" readlink "/proc/self/ns/$2" 2>/dev/null | tr -dc 0-9
	fi
}

# words WORD...: as a list of JSON. jq takes those with a dash for its own.
words() { printf '%s\n' "$@" | jq -R . | jq -cs .; }

# pinned PROGRAM: the version that it was built from, without the v.
pinned() { awk -v name="$1" '$1 == name { sub(/.*@v/, "", $2); sub(/[+]incompatible$/, "", $2); print $2 }' "$RUNTIMES/versions"; }

# daemon NAME COMMAND...: starts it with a log, its PID to $daemon. It ends with the world.
daemon() {
	log=$WORK/$1.log
	shift
	"$@" >"$log" 2>&1 &
	export daemon=$!
}

# rootfs DIR: a root of busybox alone.
rootfs() {
	mkdir -p "$1/bin" "$1/dev" "$1/etc" "$1/proc" "$1/sys" "$1/tmp"
	cp /usr/bin/busybox "$1/bin/busybox" 2>/dev/null || cp /bin/busybox "$1/bin/busybox"
	for applet in sh sleep cat hostname id ls ps readlink true env mount; do
		ln -sf busybox "$1/bin/$applet"
	done
	echo 'root:x:0:0::/:/bin/sh' >"$1/etc/passwd"
}

# image NAME FILE [PROGRAM...]: an image as `docker save` writes it, of rootfs.
image() {
	name=$1
	file=$2
	shift 2
	[ $# -gt 0 ] || set -- sleep 1000
	dir=$(mktemp -d)
	rootfs "$dir/root"
	tar -C "$dir/root" --owner=0 --group=0 --numeric-owner -cf "$dir/layer.tar" .
	sum=$(sha256sum "$dir/layer.tar" | cut -d ' ' -f 1)
	jq -n --arg sum "sha256:$sum" --arg arch "$(dpkg --print-architecture)" --argjson cmd "$(words "$@")" '{architecture: $arch, os: "linux", config: {Cmd: $cmd, Env: ["PATH=/bin"]}, rootfs: {type: "layers", diff_ids: [$sum]}, history: [{created: "2026-01-01T00:00:00Z"}]}' >"$dir/config.json"
	jq -n --arg name "$name" '[{Config: "config.json", RepoTags: [$name], Layers: ["layer.tar"]}]' >"$dir/manifest.json"
	tar -C "$dir" -cf "$file" manifest.json config.json layer.tar
	rm -rf "$dir"
}

# recording NAME-VERSION WORDS: begins the recording of state files, when it is asked for
# by RECORD. What follows is recorded by these:
#   keep PATH...         as they are, small files
#   fields FILTER PATH...  of JSON, what a filter of jq leaves
#   answer FILE FILTER COMMAND...  what the client says
#   process NAME PID     the pid that a name has, and what /proc says of it
recording() {
	record=
	[ -z "${RECORD:-}" ] && return
	record=/mnt/repo/internal/container/testdata/recorded/$1
	rm -rf "$record"
	mkdir -p "$record"
	{
		echo "$1"
		date -u +%Y-%m-%d
		shift
		echo "$*;"
	} >"$record/README"
}

# owners PATH: uid, mode and name of a file and of the directories above it, since the copy has
# others.
owners() {
	above=$1
	while [ "$above" != / ]; do
		stat -c '%u %a %n' "$above"
		above=$(dirname "$above")
	done >>"$record/owners"
	sort -u -k 3 -o "$record/owners" "$record/owners"
}

keep() {
	[ -n "$record" ] || return 0
	for path; do
		[ -e "$path" ] || continue
		mkdir -p "$record${path%/*}"
		cp -P --preserve=mode,links "$path" "$record$path"
		owners "$path"
	done
}

fields() {
	[ -n "$record" ] || return 0
	filter=$1
	shift
	for path; do
		[ -e "$path" ] || continue
		mkdir -p "$record${path%/*}"
		jq -c "$filter" "$path" >"$record$path"
		owners "$path"
	done
}

process() {
	[ -n "$record" ] || return 0
	# The third line has each name with its process.
	sed -i "3s/\$/ $(printf '%s' "$1=$2" | sed 's/[\/&]/\\&/g')/" "$record/README"
	if [ -d "/proc/$2" ] && [ ! -d "$record/proc/$2" ]; then
		mkdir -p "$record/proc/$2"
		cat "/proc/$2/cgroup" >"$record/proc/$2/cgroup"
		cat "/proc/$2/stat" >"$record/proc/$2/stat"
		head -c 256 "/proc/$2/cmdline" >"$record/proc/$2/cmdline"
	fi
}

# answer FILE FILTER COMMAND...: what a client says, of JSON what a filter of jq leaves.
answer() {
	[ -n "$record" ] || return 0
	file=$record/client/$1
	filter=$2
	shift 2
	mkdir -p "$record/client"
	"$@" 2>/dev/null | jq -c "$filter" >"$file"
}

# shellcheck disable=SC2089 # never split
# Filters for fields: of an OCI bundle's config.json, and of runc's state.json.
specFields='{annotations: ((.annotations // {}) | with_entries(select(.key | test("^(io[.]|nerdctl/(name|namespace|state-dir)$)")))), linux: {cgroupsPath: .linux.cgroupsPath}} | del(.. | nulls)'
# shellcheck disable=SC2089 # never split
runcFields='{id, init_process_pid, init_process_start, created, config: {labels: [(.config.labels // [])[] | select(test("^(io[.]|bundle=|nerdctl/(name|namespace|state-dir)=)"))], rootless_euid: .config.rootless_euid, cgroups: {path: .config.cgroups.path}}} | del(.. | nulls)'
# shellcheck disable=SC2090 # as above
export specFields runcFields
