package unshare

import (
	"strings"
	"testing"
)

// publicLines are how unshare is called in public scripts, manuals and bug reports. What begins
// with an asterisk goes the long way.
var publicLines = strings.Split(strings.TrimSpace(`
-n
-p
-C
-m
--mount
--fork
-rn
-Urn
-rm ./script word
-mrpf sh -euxc true
-rmn go test
-n sleep infinity
-r -n sleep infinity
-nm --propagation private sleep inf
-Urn --mount sleep infinity
-n perf stat
-n mount --bind /proc/self/ns/net /run/p
-i -- mount --bind /proc/self/ns/net /run/f
-m --propagation unchanged sh
-m -n -u -i -C -p -f --mount-proc
-Urnpf --mount-proc sh -c true
--user -- catatonit -P
--user --map-root-user
--user --net true
--user --map-root-user --net --mount true
--uts /bin/bash
--uts --ipc --net --pid --mount --fork --mount-proc bash
--pid --fork
--pid --fork true
--pid --fork --mount-proc /bin/bash
--pid --fork --kill-child sleep 3
--mount --propagation slave sh -c true
-fp --kill-child --mount-proc sleep 3
-U --map-current-user true
-c --keep-caps true
-Ur --mount --pid --fork chroot /new sh
-fpR /new --mount-proc sh
-r --map-user=1000 true
* --mount=/run/f mount --make-rprivate /
* --fork --pid --mount --map-auto --map-root-user --setuid 0 --setgid 0 bash -c true
* --user --map-root-user --map-groups=1000,0,1 --mount sh -c true
`), "\n")

// TestPublicLines: of the command lines that people use nine in ten go the short way.
func TestPublicLines(t *testing.T) {
	short := 0
	for _, line := range publicLines {
		words := strings.Fields(line)
		long := words[0] == "*"
		if long {
			words = words[1:]
		}
		switch taken := checkShort(t, append([]string{"unshare"}, words...), callers[0]); {
		case taken == long:
			t.Errorf("unshare %s: short way %t", strings.Join(words, " "), taken)
		case taken:
			short++
		}
	}
	if 10*short < 9*len(publicLines) {
		t.Errorf("%d of %d lines go the short way; want nine in ten", short, len(publicLines))
	}
	t.Logf("%d of %d public lines", short, len(publicLines))
}
