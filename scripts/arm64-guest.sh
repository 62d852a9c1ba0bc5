#!/bin/busybox sh
# shellcheck shell=sh
# The guest's init: see arm64.sh. shellcheck cannot know that busybox sh runs it.
b=/bin/busybox
g=/bin/gounshare
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

i=0
while [ $i -lt 1000 ]; do
	i=$((i + 1))
	$g -Ur $b true || failed=$((failed + 1))
done
$b uname -rm
if [ $failed -eq 0 ]; then
	echo 'arm64: all passed'
else
	echo "arm64: $failed failed"
fi
$b poweroff -f
