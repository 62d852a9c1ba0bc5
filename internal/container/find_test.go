package container

import (
	"errors"
	"os"
	"strconv"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

func TestSplit(t *testing.T) {
	for word, want := range map[string][2]string{
		"docker:web":         {Docker, "web"},
		"containerd://abc":   {Containerd, "abc"},
		"cri-o://abc":        {CRI, "abc"},
		"pod:ns/web/front":   {Pod, "ns/web/front"},
		"unit:a@b:c.service": {Unit, "a@b:c.service"},
		"web":                {"", "web"},
		"dockr:web":          {"", "dockr:web"},
		"docker":             {"", "docker"},
		"comm:":              {Comm, ""},
		":":                  {"", ":"},
		"":                   {"", ""},
		"DOCKER:web":         {"", "DOCKER:web"},
	} {
		if kind, name := Split(word); kind != want[0] || name != want[1] {
			t.Errorf("%q: %q, %q", word, kind, name)
		}
	}
}

// catalog has records of which all with a PID run: it is this process.
func catalog(list ...Found) *Catalog {
	c := &Catalog{scanned: true}
	for _, f := range list {
		if f.PID != 0 {
			f.PID = os.Getpid()
		}
		c.add(f)
	}
	return c
}

func TestMatch(t *testing.T) {
	a, b := strings.Repeat("a", 64), "a"+strings.Repeat("b", 63)
	c := catalog(
		Found{PID: 1, Runtime: Docker, ID: a, Name: "web"},
		Found{PID: 1, Runtime: Docker, ID: b, Name: "db"},
		Found{Runtime: Docker, ID: strings.Repeat("c", 64), Name: "old"},
		Found{PID: 1, Runtime: Podman, ID: strings.Repeat("d", 64), Name: "web"},
		Found{PID: 1, Runtime: Podman, ID: strings.Repeat("e", 64), Name: "aaa"},
		Found{PID: 1, Runtime: Podman, ID: strings.Repeat("9", 64), Name: "db", Owner: 1000},
		Found{PID: 1, Runtime: Podman, ID: strings.Repeat("8", 64), Name: "his", Owner: 1000}, // as he says
		Found{Runtime: Podman, ID: strings.Repeat("7", 64), Name: "idle"},
		Found{Runtime: Podman, ID: strings.Repeat("0", 64), Name: "idle", Owner: 1000},
		Found{PID: 1, Runtime: Runc, ID: "bundle"},
		Found{PID: 1, Runtime: Crun, ID: "bundle"},
		Found{PID: 1, Runtime: Runc, ID: "bundle2"},
		Found{PID: 1, Runtime: Docker, ID: strings.Repeat("f", 64), Name: "ctr", also: []string{Containerd, Runc}},
		Found{PID: 1, Runtime: Containerd, ID: "ctr"},
		Found{PID: 1, Runtime: Runc, ID: "web"},
		Found{PID: 1, Runtime: Unit, Name: "cron.service"},
		Found{PID: 1, Runtime: CRI, ID: strings.Repeat("1", 64), Name: "front", Pod: "prod/shop"},
		Found{PID: 1, Runtime: CRI, ID: strings.Repeat("2", 64), Name: "side", Pod: "prod/shop"},
		Found{PID: 1, Runtime: CRI, ID: strings.Repeat("3", 64), Pod: "prod/shop", Sandbox: true},
		Found{PID: 1, Runtime: CRI, ID: strings.Repeat("4", 64), Name: "front", Pod: "test/shop"},
		Found{PID: 1, Runtime: CRI, ID: strings.Repeat("5", 64), Pod: "test/shop", Sandbox: true},
		Found{Runtime: CRI, ID: strings.Repeat("6", 64), Name: "init", Pod: "test/shop"},
	)
	tests := []struct{ word, want string }{
		{"docker:web", "docker:web"},
		{"docker:" + a, "docker:web"},
		{"docker:" + a[:12], "docker:web"},
		{"docker:ab", "docker:db"},
		{"docker:a", "docker:web docker:db"}, // two ids begin so
		{"podman:aaa", "podman:aaa"},
		{"aaa", "podman:aaa"}, // a name goes before the beginning of an id
		{"aaaa", "docker:web"},
		{"web", "docker:web podman:web runc:web"}, // in three runtimes
		{"runc:web", "runc:web"},
		{"containerd:ctr", "containerd:ctr"}, // and not what docker has called so
		{"runc:ctr", ""},
		{"runc:" + strings.Repeat("f", 64), "docker:ctr"}, // it is its id, to runc as well
		{"db", "docker:db"},                               // and not that of a user
		{"podman:db", "podman:db stopped"},                // this process is not his
		{"his", "podman:his stopped"},
		{"docker:old", "docker:old stopped"},
		{"idle", "podman:idle stopped"}, // one's own
		{"bundle", "runc:bundle crun:bundle"},
		{"runc:bundle", "runc:bundle"},
		{"runc:bundle2", "runc:bundle2"},
		{"crun:bu", "crun:bundle"},
		{"runc:bu", "runc:bundle runc:bundle2"},
		{"bund", ""}, // people have chosen it, and may have chosen another one that begins so
		{"unit:cron.service", "unit:cron.service"},
		{"unit:cron", "unit:cron.service"},
		{"cron", "unit:cron.service"},
		{"pod:prod/shop/front", "pod:prod/shop/front"},
		{"pod:prod/shop", "pod:prod/shop/front pod:prod/shop/side"},
		{"pod:test/shop", "pod:test/shop/front"}, // neither the sandbox nor what has ended
		{"pod:shop", ""},
		{"cri:front", "pod:prod/shop/front pod:test/shop/front"},
		{"cri:" + strings.Repeat("3", 12), "pod:prod/shop"},
		{"test/shop/front", "pod:test/shop/front"},
		{"docker:front", ""},
		{"docker:-", ""},
		{"docker:A", ""},
	}
	for _, tt := range tests {
		kind, name := Split(tt.word)
		var got []string
		for _, f := range c.match(kind, name) {
			label := f.Label()
			if f.PID == 0 {
				label += " stopped"
			}
			got = append(got, label)
		}
		if text := strings.Join(got, " "); text != tt.want {
			t.Errorf("%s: %q; want %q", tt.word, text, tt.want)
		}
	}
}

func TestOne(t *testing.T) {
	run, stop := Found{PID: 5, Runtime: Docker, Name: "a"}, Found{Runtime: Docker, Name: "b"}
	if f, err := one([]Found{stop, run}); err != nil || f.PID != 5 {
		t.Errorf("%v, %v", f, err)
	}
	var stopped *StoppedError
	if _, err := one([]Found{stop}); !errors.As(err, &stopped) {
		t.Error(err)
	}
	var several *AmbiguousError
	for _, list := range [][]Found{{run, run}, {stop, stop}} {
		if _, err := one(list); !errors.As(err, &several) {
			t.Error(err)
		}
	}
}

// TestCheck has this process taken for another one.
func TestCheck(t *testing.T) {
	self := procDir(os.Getpid())
	s, ok := self.stat()
	if !ok {
		t.Fatal("no stat")
	}
	net, err := self.Stat("ns/net")
	if err != nil {
		t.Fatal(err)
	}
	here := inode{uint64(net.Dev), net.Ino}
	elsewhere := here
	elsewhere.ino++
	tests := []struct {
		name  string
		found Found
		err   string
	}{
		{"its start", Found{proof: proof{start: s.start}}, ""},
		{"another start", Found{proof: proof{start: s.start + 1}}, "has started at another time than docker:web"},
		{"its name", Found{proof: proof{comm: s.comm}}, ""},
		{"another name", Found{proof: proof{comm: s.comm + "x"}}, "has another name by now"},
		{"another cgroup", Found{proof: proof{within: podmanWeb}}, "is in no cgroup of docker:web"},
		{"its namespace", Found{proof: proof{net: here}}, ""},
		{"another namespace", Found{proof: proof{net: elsewhere}}, "has left docker:web"},
		{"of another user", Found{Owner: uint32(os.Geteuid()) + 1, proof: proof{start: s.start}}, "does not belong to uid"},
	}
	for _, tt := range tests {
		tt.found.PID, tt.found.Runtime, tt.found.Name = int(self), Docker, "web"
		err := tt.found.Check(self)
		if tt.err == "" && err != nil || tt.err != "" && (err == nil || !strings.Contains(err.Error(), tt.err)) {
			t.Errorf("%s: %v; want %q", tt.name, err, tt.err)
		}
	}
	gone := Found{PID: 1 << 30}
	if err := gone.Check(procDir(gone.PID)); !errors.Is(err, unix.ENOENT) {
		t.Error(err)
	}
}

func TestParseStat(t *testing.T) {
	rest := strings.Repeat(" 0", 17) + " 4711 0 0"
	tests := []struct {
		text string
		want stat
		ok   bool
	}{
		{"5 (sh) S 1" + rest, stat{"sh", 'S', 1, 4711}, true},
		{"5 (a) S 9 (b) R 2" + rest, stat{"a) S 9 (b", 'R', 2, 4711}, true},
		{"5 (\n) Z 3" + rest, stat{"\n", 'Z', 3, 4711}, true},
		{"5 () S 1" + rest, stat{"", 'S', 1, 4711}, true},
		{"5 (sh) S 1", stat{}, false},
		{"5 (sh S 1" + rest, stat{}, false},
		{")(", stat{}, false},
		{"", stat{}, false},
	}
	for _, tt := range tests {
		if got, ok := parseStat(tt.text); ok != tt.ok || ok && got != tt.want {
			t.Errorf("%q: %+v, %v", tt.text, got, ok)
		}
	}
}

func TestDescends(t *testing.T) {
	all := map[int]stat{1: {}, 2: {ppid: 1}, 3: {ppid: 2}, 4: {ppid: 3}, 5: {ppid: 1}, 8: {ppid: 9}, 9: {ppid: 8}}
	list := []Found{{PID: 4}, {PID: 2}, {PID: 5}, {PID: 8}, {PID: 77}}
	descends := descendants(list, all)
	for pid, want := range map[int]bool{2: false, 4: true, 5: false, 8: false, 77: false} {
		if got := descends[pid]; got != want {
			t.Errorf("%d: %v", pid, got)
		}
	}
}

func TestMonitored(t *testing.T) {
	tests := []struct{ cmdline, want string }{
		{"/usr/bin/conmon\x00--api-version\x001\x00-c\x00ID\x00-u\x00ID\x00-n\x00web\x00--exit-dir\x00/x\x00", "web"},
		{"conmon\x00-c\x00OTHER\x00-n\x00web\x00", ""},
		{"conmon\x00-c\x00ID\x00-n", ""},
		{"sh\x00-c\x00ID\x00-n\x00web\x00", ""},
		{"", ""},
	}
	for _, tt := range tests {
		if got := monitored(tt.cmdline, "ID"); got != tt.want {
			t.Errorf("%q: %q", tt.cmdline, got)
		}
	}
}

// TestAnswers reads what clients print: a recorded answer of crictl 1.34, and what the
// manual page of systemctl(1) says, which could not run.
func TestAnswers(t *testing.T) {
	text, err := os.ReadFile("testdata/crictl-inspect.json")
	if err != nil {
		t.Fatal(err)
	}
	f, ok := parseCrictl(text)
	if want := "13306\tcri\t" + criFront + "\tshop/web-0/nginx"; !ok || f.Line() != want || f.proof.within != criFront {
		t.Errorf("%s, %v", f.Line(), ok)
	}
	for _, text := range []string{"", "{}", "x", `{"status": 5}`, `{"info": {"pid": 1}}`} {
		if _, ok := parseCrictl([]byte(text)); ok {
			t.Errorf("%q", text)
		}
	}
	units := map[string]string{
		"MainPID=812\nId=ssh.service\nLoadState=loaded\n":   "812\tunit\t-\tssh.service",
		"MainPID=0\nId=cron.service\nLoadState=loaded\n":    "-\tunit\t-\tcron.service",
		"MainPID=0\nId=nope.service\nLoadState=not-found\n": "",
		"": "",
	}
	for text, want := range units {
		got := ""
		for _, f := range parseSystemctl(text) {
			got += f.Line()
		}
		if got != want {
			t.Errorf("%q: %q", text, got)
		}
	}
}

// TestTrusted: what others have called something is not what a word means.
func TestTrusted(t *testing.T) {
	const other = 4242
	ours, theirs := Found{PID: 1, Runtime: Podman, Name: "web"}, Found{PID: 2, Runtime: Podman, Name: "web", Owner: other}
	unit := Found{PID: 3, Runtime: Unit, Name: "web.service", Owner: other}
	for _, tt := range []struct {
		kind        string
		found       []Found
		own, others string
	}{
		{"", []Found{ours, theirs}, "1", "podman:web"},
		{"", []Found{theirs, unit}, "", "podman:web 3"},
		{Podman, []Found{theirs}, "2", ""},
		{Unit, []Found{unit}, "", "3"},
	} {
		own, others := trusted(tt.kind, tt.found)
		got := ""
		for _, f := range own {
			got += strconv.Itoa(f.PID)
		}
		if got != tt.own || strings.Join(others, " ") != tt.others {
			t.Errorf("%s: %s, %q", tt.kind, got, others)
		}
	}
}

func TestWithin(t *testing.T) {
	for _, tt := range []struct {
		cgroups, id string
		want        bool
	}{
		{"0::/system.slice/docker-" + podmanWeb + ".scope", podmanWeb, true},
		{"4:memory:/default/web\n", "web", true},
		{"4:memory:/\n", "memory", false},
		{"0::/webserver.slice\n", "web", false},
		{"0::/default/web/below", "web", true},
	} {
		if got := within(tt.cgroups, tt.id); got != tt.want {
			t.Errorf("%q in %q: %v", tt.id, tt.cgroups, got)
		}
	}
}
