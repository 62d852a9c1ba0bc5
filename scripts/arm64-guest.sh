#!/bin/busybox sh
# shellcheck shell=sh
# The guest's init: see arm64.sh. shellcheck cannot know that busybox sh runs it.
b=/bin/busybox
g=/bin/gounshare
n=/bin/gonsenter
$b mount -t proc proc /proc
$b mount -t devtmpfs dev /dev
exec 2>&1

failed=0
want() { # want EXPECTED COMMAND...
	expected=$1
	shift
	got=$("$@" 2>&1; echo "status $?")
	if [ "$got" != "$expected" ]; then
		failed=$((failed + 1))
		echo "FAIL: $*"
		echo "got:  $got"
		echo "want: $expected"
	fi
}

want "0
status 0" $g -Ur $b id -u
want "status 7" $g -f $b sh -c 'exit 7'
# shellcheck disable=SC2016 # expands inside
want "1
status 0" $g -Urpf --mount-proc $b sh -c 'echo $$'
want "gounshare: failed to execute no-such-command: No such file or directory
status 127" $g no-such-command
want "         0          5          3
status 0" $g --map-users 0:5:3 --map-groups 0:5:3 $b cat /proc/self/uid_map
want "gounshare: unshare failed: Operation not permitted
gounshare: hint: your effective uid 65534 is not mapped in the user namespace you are in (/proc/self/uid_map), and Linux then makes no other; give the outer one a map (--map-root-user)
status 1" $g -U $g -U $b true
want "sandbox
status 0" $g -r --loopback --hostname=sandbox $b hostname
# shellcheck disable=SC2016 # expands inside
want "same
status 0" $b sh -c 'a=$$; export a; exec /bin/gounshare -muinpCTUr /bin/busybox sh -c "[ \$\$ = \$a ] && echo same"'

$g -muinCTU --map-users 0:0:1 --map-groups 0:0:1 --hostname=target $b sleep 1000 &
t=$!
while [ "$($b readlink /proc/$t/ns/uts)" = "$($b readlink /proc/self/ns/uts)" ] || [ "$($b cat /proc/$t/comm)" != busybox ]; do :; done
want "target
status 0" $n -t $t -a $b hostname
want "target
status 0" $n --uts=/proc/$t/ns/uts $b hostname
want "status 9" $n -t $t -a -r -w $b sh -c 'exit 9'
want "gonsenter: failed to execute no-such-command: No such file or directory
status 127" $n -t $t -a no-such-command
want "gonsenter: cannot open /proc/9999/ns/net: No such file or directory
gonsenter: hint: there is no process 9999 in this PID namespace, or /proc hides it (mount option hidepid)
status 1" $n -t 9999 -n $b true

i=0
while [ $i -lt 1000 ]; do
	i=$((i + 1))
	$g -Ur $b true || failed=$((failed + 1))
	$n -t $t -a $b true || failed=$((failed + 1))
done
$b uname -rm
if [ $failed -eq 0 ]; then
	echo 'arm64: all passed'
else
	echo "arm64: $failed failed"
fi
$b poweroff -f
