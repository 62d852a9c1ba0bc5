package nsenter

import (
	"os"
	"strconv"
	"strings"
	"testing"

	"nstools/internal/kernel"
)

// publicLines are how nsenter is called in public scripts, manuals and bug reports. PID is a
// process. What begins with an asterisk goes the long way.
var publicLines = strings.Split(strings.TrimSpace(`
-t PID -a
-t PID -n ip addr
-t PID -n -- ip route
-t PID -n iptables -L
-t PID -m -u -i -n -p sh
-t PID -m -u -n -i -p -- bash -l
--target PID --mount --uts --ipc --net --pid -- bash -l
--target PID --all
--target PID --user
--target=PID --preserve-credentials -U -m -n true
-t PID -U --preserve-credentials -n ip link
-t PID -n/proc/self/ns/net --no-fork true
-n/proc/PID/ns/net ip link
--net=/proc/PID/ns/net ip link
--mount=/proc/PID/ns/mnt -- sh -c true
-m/proc/PID/ns/mnt -t PID mount --bind /a /b
-n -m -w -t PID mount -t tmpfs none /t
-t PID -m -r -w ls
-t PID -p -r ps
-t PID -U -S 0 -G 0 id
* -t PID -a -e env
`), "\n")

// TestPublicLines: of the command lines that people use nine in ten go the short way.
func TestPublicLines(t *testing.T) {
	pid := strconv.Itoa(os.Getpid())
	before := descriptors(t)
	short := 0
	for _, line := range publicLines {
		words := strings.Fields(strings.ReplaceAll(line, "PID", pid))
		long := words[0] == "*"
		if long {
			words = words[1:]
		}
		c := callers[0]
		_, taken := kernel.Sketched(Short, append([]string{"nsenter"}, words...), c.env, c.euid, c.egid, 42)
		openedFiles(t, before)
		switch {
		case taken == long:
			t.Errorf("nsenter %s: short way %t", strings.Join(words, " "), taken)
		case taken:
			short++
		}
	}
	if 10*short < 9*len(publicLines) {
		t.Errorf("%d of %d lines go the short way; want nine in ten", short, len(publicLines))
	}
	t.Logf("%d of %d public lines", short, len(publicLines))
}
