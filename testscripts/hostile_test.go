package testscripts

// snares runs a script that sees only what it starts itself: /run, /var/lib, processes and
// cgroups are its own, and are removed at the end.
//
//	snares SCRIPT
const snares = `group=$GROUP$$
echo "$group" >>groups
exec unshare -m sh -c '
. eventually.sh
mount -t tmpfs none /sys/fs/cgroup && mount -t cgroup2 none /sys/fs/cgroup || exit
base=/sys/fs/cgroup/$0
removed() { find "$base" -depth -type d -delete; }
end() { [ ! -d "$base" ] || eventually removed; }
trap end EXIT
trap "exit 1" HUP INT TERM
mkdir "$base"
sh -c "echo \$\$ >\"\$0/cgroup.procs\" && exec gounshare -Cmpf --kill-child --mount-proc sh \"\$1\"" "$base" "$1"
' "$group" "$1"
`

// hostile is for the scripts that snares runs. In these, users set traps: places where a
// program called tool is another program.
//
//	. hostile.sh
//
//	delegate GROUP          makes a cgroup and gives it to the ordinary user, as systemd does
//	snare GROUP WORDS       starts root's process in a cgroup; there tool prints WORDS
//	usersnare GROUP WORDS IN
//	                        the same for the ordinary user, with a user namespace. The user
//	                        makes GROUP below IN, a cgroup that was delegated to him
//	end PID                 ends a process that was started
//	check PID WORDS         shows that the trap works: it can be entered by its number
//	every WORDS TARGET...   enters each target in each of the $ways. All have to end where
//	                        tool prints WORDS, or be refused; others are printed
//
// A process that was started has a variable SNARED, which tool prints, and executes the
// program in called. Its PID is in T. The cgroups are below $base.
const hostile = `mount -t tmpfs -o mode=755 none /run
mount -t tmpfs -o mode=755 none /var/lib
# cgroup2 cannot be mounted right on top of itself
mount -t tmpfs none /sys/fs/cgroup && mount -t cgroup2 none /sys/fs/cgroup || exit
grep -q ^$$\$ /sys/fs/cgroup/cgroup.procs || exit # it is our own
. eventually.sh
base=/sys/fs/cgroup

# says FILE WORDS: makes a program that says them, and whose root runs it
says() {
	cat >"$1" <<-END
		#!/bin/sh
		read -r _ _ count </proc/self/uid_map
		[ \$count = 1 ] && of='a user namespace' || of='the host'
		echo "$2, as root of \$of\${SNARED:+, with variables of a snare}"
	END
	chmod 755 "$1"
}
mkdir -m 755 tools snares
tool=$PWD/tools/tool
says "$tool" 'the host'

export called=sleep # the program that it becomes
# COMMAND gives it mounts of its own.
cat >snare.sh <<'END'
# snare.sh GROUP FILE TOOL COMMAND...
mkdir -p "$1" || exit
[ "$1" = / ] || echo $$ >"$1/cgroup.procs" || exit
file=$2 tool=$3
shift 3
export SNARED=yes
exec "$@" sh -c 'mount --bind "$0" "$1" && exec "$called" 600' "$file" "$tool"
END
started() {
	eventually grep -qx "${called##*/}" /proc/$T/comm
	sleep 0.02 # the next one is younger
}
file() {
	count=$((count + 1))
	file=$PWD/snares/$count
	says "$file" "$1"
}
snare() {
	file "$2"
	sh snare.sh "$base/$1" "$file" "$tool" unshare -m &
	T=$!
	started
}
usersnare() {
	file "$2"
	chown 61234:61234 "$file"
	# who is moved into what he was given may move on
	sh -c 'echo $$ >"$0/cgroup.procs"; exec asuser "$@"' "$base/$3" sh snare.sh "$base/$1" "$file" "$tool" unshare -Urm &
	T=$!
	started
}
delegate() {
	mkdir -p "$base/$1"
	chown 61234:61234 "$base/$1" "$base/$1/cgroup.procs" "$base/$1/cgroup.subtree_control"
}
end() {
	kill "$1"
	wait "$1" 2>/dev/null || :
}
check() {
	kill -0 "$1" && said=$(gonsenter -t "$1" -m "$tool") && [ "$said" = "$2, as root of the host" ] || echo "no snare: $said"
	cat /proc/$1/cgroup | sed -n 's|^0::/\(.\)|snare in /\1|p'
}

ways='-m
-r
-a --preserve-credentials'
# try TARGET OPTIONS: what tool says, or why not
try() {
	if said=$(gonsenter -t "$@" "$tool" 2>err); then
		echo "$said"
	elif [ -n "$said" ] || [ $(grep -c '^gonsenter: ' err) = 0 ] || grep -q 'failed to execute' err; then
		echo "failed: $said $(cat err)"
	else
		echo refused
	fi
}
every() {
	want=$1 right=0
	shift
	for target; do
		while read -r way; do
			said=$(try "$target" $way)
			case $said in
			"$want"*) right=$((right + 1)) ;;
			*) echo "-t $target $way: $said" ;;
			esac
		done <<-END
			$ways
		END
	done
	echo "$want: $right"
}
`
