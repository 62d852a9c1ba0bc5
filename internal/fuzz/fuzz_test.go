package main

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestMain(m *testing.M) {
	if isBox() {
		if err := serve(os.Stdin, os.Stdout); err != nil {
			fmt.Fprintln(os.Stderr, "fuzz: box:", err)
			os.Exit(1)
		}
		return
	}
	os.Exit(m.Run())
}

// version is the version of iproute2 that known.txt describes.
const version = "6.1"

// TestSameAsIP is make fuzz-ip with a fixed seed and a time limit.
func TestSameAsIP(t *testing.T) {
	const seed, commands, limit = 14, 500, 20 * time.Second
	if os.Geteuid() != 0 {
		t.Skip("not root: names are in /run/netns, which is root's")
	}
	out, err := exec.Command("ip", "-V").Output()
	if err != nil {
		t.Skip("no iproute2:", err)
	}
	if !strings.Contains(string(out), "iproute2-"+version+".") {
		t.Skip("the list of known differences is for iproute2 " + version + ", and this is " + string(out))
	}
	bin := t.TempDir()
	build := exec.Command("go", "build", "-o", filepath.Join(bin, "gonetns"), "nstools/cmd/gonetns")
	build.Stderr = os.Stderr
	if err := build.Run(); err != nil {
		t.Fatal("go build:", err)
	}
	var report strings.Builder
	f, err := newFuzz(bin, t.TempDir(), &report)
	if err != nil {
		t.Fatal(err)
	}
	f.seed, f.commands, f.limit, f.every = seed, commands, limit, 5
	differences, err := f.run()
	if errors.Is(err, os.ErrPermission) {
		t.Skip("root may not make namespaces here, as in a container: ", err)
	}
	if err != nil {
		t.Fatal(err)
	}
	if differences > 0 || f.compared == 0 {
		t.Error(report.String())
	}
	t.Logf("%d of %d commands", f.compared, commands)
}

// TestFindsDifferences compares results that differ in status and output.
func TestFindsDifferences(t *testing.T) {
	d := &difference{command: command{Words: []string{"netns", "add", "a", "b"}}, original: result{status: 0}, gonetns: result{status: 1, stderr: "b: failed\n"}}
	if got, want := d.kind(), "status 0, 1, stderr"; got != want {
		t.Errorf("got %q; want %q", got, want)
	}
	list, err := readKnown("several names\ncommand: ^netns add \\S+ \\S+$\ngonetns: ^err: b: failed$\n\nnever\ncommand: x\ngonetns: .\n")
	if err != nil {
		t.Fatal(err)
	}
	if k := find(list, d); k == nil || k.reason != "several names" {
		t.Errorf("got %v", k)
	}
	d.command.Words = d.command.Words[:3]
	if k := find(list, d); k != nil {
		t.Errorf("got %v; want none", k)
	}
}

func TestMore(t *testing.T) {
	d := &difference{original: result{status: 1, stderr: "no\n"}, gonetns: result{status: 1, stderr: "no\nCommand failed -:1\n"}}
	if got, want := d.more(), "status 1\nerr: Command failed -:1\n"; got != want {
		t.Errorf("got %q; want %q", got, want)
	}
	d.original.stderr = "other\n"
	if got := d.more(); got != "" {
		t.Errorf("got %q; want none", got)
	}
}

func TestKnownIsRead(t *testing.T) {
	if list, err := readKnown(knownText); err != nil || len(list) == 0 {
		t.Errorf("%d entries, %v", len(list), err)
	}
	for _, text := range []string{"reason\nno colon", "reason\nwhat: x\ngonetns: .", "reason\ngonetns: (\noriginal: .", "reason\nnext: maybe", "reason\ngonetns: ."} {
		if _, err := readKnown(text); err == nil {
			t.Errorf("%q is taken", text)
		}
	}
}

func TestNormalize(t *testing.T) {
	for text, want := range map[string]string{
		"ip: hint: a cause\nError\n": "Error\n",
		"7: v0@if9: <NO-CARRIER,BROADCAST,UP,LOWER_UP> mtu 1500 state DOWN link-netnsid 3\n": "N: v0@ifN: <BROADCAST,UP> mtu 1500 state STATE link-netnsid N\n",
		"link/ether 02:00:00:00:00:0a brd 52:54:00:12:34:56":                                 "link/ether chosen-02-00-00-00-00-0a brd MAC",
		"valid_lft 99sec preferred_lft forever":                                              "valid_lft SEC preferred_lft forever",
		"a (id: 4)\nb (id: 100)\n":                                                           "a (id: N)\nb (id: 100)\n",
		`[{"ifindex":4,"flags":["NO-CARRIER","UP","LOWER_UP"],"operstate":"UP"}]`:            `[{"ifindex":N,"flags":["UP"],"operstate":STATE}]`,
		"lo               UNKNOWN        127.0.0.1/8 \n":                                     "lo                STATE 127.0.0.1/8 \n",
		"10.0.0.0/8 dev v0 linkdown metric 7":                                                "10.0.0.0/8 dev v0 metric 7",
	} {
		if got := normalize(text); got != want {
			t.Errorf("%q: got %q; want %q", text, got, want)
		}
	}
}

func TestNormalizeState(t *testing.T) {
	a := `[{"ifindex":4,"ifname":"v0","flags":["UP","LOWER_UP"],"address":"52:54:00:12:34:56","mtu":1500}]` + "\n" +
		`[{"dst":"fe80::1","dev":"v0"},{"dst":"10.0.0.0/8","flags":["linkdown"]}]` + "\n"
	b := `[{"ifindex":9,"ifname":"v0","flags":["NO-CARRIER","UP"],"address":"52:54:00:65:43:21","mtu":1500}]` + "\n" +
		`[{"dst":"10.0.0.0/8","flags":[]}]` + "\n"
	if x, y := normalizeState(a), normalizeState(b); x != y {
		t.Errorf("%s differs from %s", x, y)
	}
	for _, other := range []string{strings.Replace(b, "1500", "1400", 1), strings.Replace(b, "52:54:00:65:43:21", "02:00:00:00:00:01", 1), strings.Replace(b, "10.0", "11.0", 1)} {
		if normalizeState(a) == normalizeState(other) {
			t.Errorf("%s is the same as %s", a, other)
		}
	}
	if x, y := unequal([]view{{"a", a}}, []view{{"b", b}}); x == "" || y == "" {
		t.Error("the names of namespaces make no difference")
	}
}

func TestShorter(t *testing.T) {
	var list []command
	for i := range 50 {
		list = append(list, command{Words: []string{fmt.Sprint(i), "x"}})
	}
	list[49].Stdin = "one\ntwo\nthree\n"
	needed := []string{"13", "31"}
	got := shorter(list, func(c []command) bool {
		last := c[len(c)-1]
		if last.Words[0] != "49" || !strings.Contains(last.Stdin, "two\n") {
			return false
		}
		left := slices.Clone(needed)
		for _, c := range c {
			left = slices.DeleteFunc(left, func(w string) bool { return w == c.Words[0] })
		}
		return len(left) == 0
	})
	if len(got) != 3 || got[0].Words[0] != "13" || got[1].Words[0] != "31" || got[2].String() != `printf '%s\n' two | ip 49` {
		t.Errorf("got %v", got)
	}
	if got := shorter(list, func([]command) bool { return false }); got != nil {
		t.Errorf("got %v; want none", got)
	}
}

// TestGenerator makes commands twice from one seed: they are the same, and of every kind.
func TestGenerator(t *testing.T) {
	first, second := newGenerator(1, 2, ""), newGenerator(1, 2, "")
	objects := make(map[string]int)
	for range 2000 {
		c := first.next()
		if other := second.next(); c.String() != other.String() {
			t.Fatalf("%s is not %s", c, other)
		}
		for _, w := range []string{"link", "address", "route", "netns", "neigh", "-j", "-d", "-o", "-br", "-n", "-force"} {
			if slices.Contains(c.Words, w) {
				objects[w]++
			}
		}
		if c.Stdin != "" {
			objects["batch"]++
		}
	}
	if len(objects) != 12 {
		t.Errorf("of 2000 commands: %v", objects)
	}
}
