package ip

import (
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"nstools/internal/diag"
	"nstools/internal/ip/session"
	"nstools/internal/iproute"
	"nstools/internal/kernel"
	"nstools/internal/netns"
	"nstools/internal/plan"
	"nstools/internal/tool"
)

const shortInside = "NSTOOLS_TEST_SHORT"

// TestShortWay compares the short way with the planner: both make the same program. The names
// are in a mount namespace of the test.
func TestShortWay(t *testing.T) {
	if os.Getenv(shortInside) != "" {
		for _, argv := range [][]string{
			{"gonetns", "exec", "a", "true"},
			{"/usr/sbin/gonetns", "netns", "exec", "a", "./x", "-y", ""},
			{"ip", "netns", "exec", "a", "ip", "netns", "exec"},
			{"ip", "netns", "exec", "a b", ""},
		} {
			checkShort(t, argv)
		}
		for _, argv := range [][]string{
			{"ip", "exec", "a", "true"}, {"gonetns"}, {"gonetns", "exec"}, {"gonetns", "exec", "a"}, {"gonetns", "netns", "exec", "a"}, {"gonetns", "exe", "a", "true"},
			{"gonetns", "exec", "plain", "true"}, {"gonetns", "exec", "fifo", "true"}, {"gonetns", "exec", "uts", "true"}, {"gonetns", "exec", "none", "true"},
			{"gonetns", "exec", "a/../a", "true"}, {"gonetns", "exec", "..", "true"}, {"gonetns", "exec", "", "true"}, {"gonetns", "-n", "a", "exec", "a", "true"},
			{"gonetns", "exec", "etc", "true"}, {"gonetns", "exec", strings.Repeat("a", 256), "true"}, {"gonetns", "list"}, {"gonetns", "netns", "list", "a", "b"},
		} {
			if text, ok := kernel.Sketched(Short, argv, shortEnv, 0, 0, 42); ok {
				t.Errorf("%q is left to the planner, and took the short way:\n%s", argv, text)
			}
		}
		if _, ok := kernel.Sketched(Short, []string{"gonetns", "exec", "a", "true"}, shortEnv, 1000, 0, 42); ok {
			t.Error("an ordinary user took the short way")
		}
		if _, ok := kernel.Sketched(Short, []string{"gonetns", "exec", "a", "true"}, append(shortEnv, session.AskedVariable+"="), 0, 0, 42); ok {
			t.Error("AskedVariable would be passed on")
		}
		return
	}
	if os.Geteuid() != 0 {
		t.Skip("mounts of its own take root")
	}
	if out, err := exec.Command("unshare", "-mnpf", "true").CombinedOutput(); err != nil {
		t.Skipf("root may not make namespaces here, as in a container: %v: %s", err, out)
	}
	if _, err := exec.LookPath("ip"); err != nil {
		t.Skip("no iproute2: ", err)
	}
	const script = `set -e
		mount -t tmpfs none /run
		mkdir /run/netns /run/netns-etc
		ip netns add a
		ip netns add 'a b'
		ip netns add etc
		mount -t tmpfs none /etc
		mkdir -p /etc/netns/etc
		: >/run/netns/plain
		mkfifo /run/netns/fifo
		: >/run/netns/uts
		mount --bind /proc/self/ns/uts /run/netns/uts
		mount -t tmpfs none /sys
		mkdir /sys/b /sys/a '/sys/c d' /sys/a-b
		for d in b a 'c d' a-b; do mount -t tmpfs none "/sys/$d"; done
		mkdir /sys/a/x
		mount -t tmpfs none /sys/a/x
		mkdir -p /sys/e/x /sys/e/y /sys/f
		for d in e/y f e/x; do mount -t tmpfs none "/sys/$d"; done
		mount --bind /sys/e /sys/e
		exec "$@"`
	cmd := exec.Command("unshare", "-mnpf", "sh", "-c", script, "sh", os.Args[0], "-test.run", "^TestShortWay$", "-test.v")
	cmd.Env = append(os.Environ(), shortInside+"=1")
	if out, err := cmd.CombinedOutput(); err != nil || !strings.Contains(string(out), "--- PASS: TestShortWay") {
		t.Errorf("%v\n%s", err, out)
	}
}

var shortEnv = []string{"PATH=/usr/bin:/bin", "HOME=/root"}

func checkShort(t *testing.T, argv []string) {
	t.Helper()
	short, ok := kernel.Sketched(Short, argv, shortEnv, 0, 0, 42)
	if !ok {
		t.Errorf("%q did not take the short way", argv)
		return
	}
	words := argv[slices.Index(argv, "exec")+1:]
	p, err := netns.Enter(words[0])
	if err != nil {
		t.Fatal(err)
	}
	x := tool.Command(words[1:], shortEnv)
	x.Fail, x.Status = cannotExec+x.Name+`" failed`, iproute.StatusFailed
	p.Add("", x)
	long, err := kernel.Whole(p, kernel.Reporter{Name: diag.Name(argv), NoPrefix: true, Origin: plan.OriginName, Env: x.Env, HintEnv: tool.HintEnv(x), Reasons: diag.ErrorTexts()})
	if err != nil {
		t.Fatal(err)
	}
	if long != short {
		t.Errorf("%q\nshort:\n%s\nlong:\n%s", argv, short, long)
	}
}
