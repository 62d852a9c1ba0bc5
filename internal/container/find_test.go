package container

import (
	"errors"
	"os"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"nstools/internal/proc"
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

// catalog returns records, of which all with a PID run: it is this process.
func catalog(list ...Found) *Catalog {
	c := newCatalog(uint32(os.Geteuid()))
	self, _ := procDir{procPath, os.Getpid()}.stat()
	for _, f := range list {
		if f.PID != 0 {
			f.PID, f.proof.start = os.Getpid(), self.Start
		}
		f.hasRecord = true
		c.add(f)
	}
	return c
}

// other is a user without an account.
const other = 1000001

func TestMatch(t *testing.T) {
	a, b := strings.Repeat("a", 64), "a"+strings.Repeat("b", 63)
	c := catalog(
		Found{PID: 1, Runtime: Docker, ID: a, Name: "web"},
		Found{PID: 1, Runtime: Docker, ID: b, Name: "db"},
		Found{Runtime: Docker, ID: strings.Repeat("c", 64), Name: "old"},
		Found{PID: 1, Runtime: Podman, ID: strings.Repeat("d", 64), Name: "web"},
		Found{PID: 1, Runtime: Podman, ID: strings.Repeat("e", 64), Name: "aaa"},
		Found{PID: 1, Runtime: Podman, ID: strings.Repeat("9", 64), Name: "db", Owner: other},
		Found{PID: 1, Runtime: Podman, ID: strings.Repeat("8", 64), Name: "his", Owner: other}, // by that user's own word
		Found{Runtime: Podman, ID: strings.Repeat("7", 64), Name: "idle"},
		Found{Runtime: Podman, ID: strings.Repeat("0", 64), Name: "idle", Owner: other},
		Found{PID: 1, Runtime: Runc, ID: "bundle"},
		Found{PID: 1, Runtime: Crun, ID: "bundle"},
		Found{PID: 1, Runtime: Runc, ID: "bundle2"},
		Found{PID: 1, Runtime: Docker, ID: strings.Repeat("f", 64), Name: "ctr", alsoKnownTo: []string{Containerd, Runc}},
		Found{PID: 1, Runtime: Containerd, Namespace: "default", ID: "ctr"},
		Found{PID: 1, Runtime: Containerd, Namespace: "build", ID: "twice"},
		Found{PID: 1, Runtime: Containerd, Namespace: "default", ID: "twice"},
		Found{PID: 1, Runtime: Containerd, Namespace: "build", ID: strings.Repeat("a1", 32), Name: "cache"},
		Found{PID: 1, Runtime: Containerd, Namespace: "default", ID: strings.Repeat("a1", 32), Name: "cache"},
		Found{PID: 1, Runtime: Podman, ID: strings.Repeat("b1", 32), Name: strings.Repeat("c1", 6) + "-infra", podmanPod: strings.Repeat("c1", 32)},
		Found{PID: 1, Runtime: Runc, ID: "web"},
		Found{PID: 1, Runtime: Containerd, Namespace: "default", ID: "made", created: true}, // the runtime's process
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
		{"containerd:ctr", "containerd:default/ctr"}, // without docker's of that name
		{"containerd:default/ctr", "containerd:default/ctr"},
		{"containerd:build/ctr", ""},
		{"containerd:twice", "containerd:build/twice containerd:default/twice"},
		{"containerd:build/twice", "containerd:build/twice"},
		{"containerd:cache", "containerd:build/cache containerd:default/cache"},
		{"containerd:default/" + strings.Repeat("a1", 32), "containerd:default/cache"},
		{"containerd:default/" + strings.Repeat("a1", 6), "containerd:default/cache"},
		{"podman:" + strings.Repeat("c1", 32), "podman:c1c1c1c1c1c1-infra"}, // a pod means the container that keeps it
		{strings.Repeat("c1", 6), "podman:c1c1c1c1c1c1-infra"},
		{"runc:ctr", ""},
		{"runc:" + strings.Repeat("f", 64), "docker:ctr"}, // it is its id, to runc as well
		{"db", "docker:db"}, // without the user's
		{"podman:db", ""},   // another user's needs the user in front
		{"podman:1000001@db", "podman:1000001@db stopped"}, // this process is another user's
		{"podman:0@web", "podman:web"},
		{"his", ""},
		{"docker:old", "docker:old stopped"},
		{"made", "containerd:default/made stopped"},
		{"idle", "podman:idle stopped"}, // the caller's own
		{"bundle", "runc:bundle crun:bundle"},
		{"runc:bundle", "runc:bundle"},
		{"runc:bundle2", "runc:bundle2"},
		{"crun:bu", "crun:bundle"},
		{"runc:bu", "runc:bundle runc:bundle2"},
		{"bund", ""}, // a user chose it, and another may begin the same
		{"unit:cron.service", "unit:cron.service"},
		{"unit:cron", "unit:cron.service"},
		{"cron", "unit:cron.service"},
		{"pod:prod/shop/front", "pod:prod/shop/front"},
		{"pod:prod/shop", "pod:prod/shop/front pod:prod/shop/side"},
		{"pod:test/shop", "pod:test/shop/front"}, // neither the sandbox nor the one that has ended
		{"pod:shop", ""},
		{"cri:front", "pod:prod/shop/front pod:test/shop/front"},
		{"cri:" + strings.Repeat("3", 12), "pod:prod/shop"},
		{"test/shop/front", "pod:test/shop/front"},
		{"docker:front", ""},
		{"docker:-", ""},
		{"docker:A", ""},
	}
	for _, tt := range tests {
		var got []string
		for _, f := range c.match(newQuery(tt.word)) {
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
	c := newCatalog(0)
	if f, err := c.single([]Found{stop, run}); err != nil || f.PID != 5 {
		t.Errorf("%v, %v", f, err)
	}
	var stopped *StoppedError
	if _, err := c.single([]Found{stop}); !errors.As(err, &stopped) {
		t.Error(err)
	}
	var several *AmbiguousError
	for _, list := range [][]Found{{run, run}, {stop, stop}} {
		if _, err := c.single(list); !errors.As(err, &several) {
			t.Error(err)
		}
	}
}

// TestCheck checks this process against proofs of another one.
func TestCheck(t *testing.T) {
	self := procDir{procPath, os.Getpid()}
	s, ok := self.stat()
	if !ok {
		t.Fatal("no stat")
	}
	tests := []struct {
		name  string
		found Found
		err   string
	}{
		{"its start", Found{proof: proof{start: s.Start}}, ""},
		{"nothing that proves it", Found{}, "may be another one by now"},
		{"another start", Found{proof: proof{start: s.Start + 1}}, "has started at another time than docker:web"},
		{"its name", Found{proof: proof{comm: s.Comm}}, ""},
		{"another name", Found{proof: proof{comm: s.Comm + "x"}}, "has another name by now"},
		{"another cgroup", Found{proof: proof{cgroup: podmanWeb}}, "is in no cgroup of docker:web"},
		{"of another user", Found{Owner: other, proof: proof{start: s.Start}}, "does not belong to uid"},
	}
	for _, tt := range tests {
		tt.found.PID, tt.found.Runtime, tt.found.Name = self.pid, Docker, "web"
		err := tt.found.Check(self)
		if tt.err == "" && err != nil || tt.err != "" && (err == nil || !strings.Contains(err.Error(), tt.err)) {
			t.Errorf("%s: %v; want %q", tt.name, err, tt.err)
		}
	}
	gone := Found{PID: 1 << 30}
	if err := gone.Check(procDir{procPath, gone.PID}); !errors.Is(err, unix.ENOENT) {
		t.Error(err)
	}
}

func TestDescends(t *testing.T) {
	all := map[int]proc.Stat{1: {}, 2: {PPID: 1}, 3: {PPID: 2}, 4: {PPID: 3}, 5: {PPID: 1}, 8: {PPID: 9}, 9: {PPID: 8}}
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
		{"/usr/bin/conmon --api-version 1 -c ID -u ID -n web --exit-dir /x", "ID web"},
		{"conmon -c ID -n", "ID "},
		{"sh -c ID -n web", " "},
		{"", " "},
	}
	for _, tt := range tests {
		if id, name := parseConmon(strings.Fields(tt.cmdline)); id+" "+name != tt.want {
			t.Errorf("%q: %q %q", tt.cmdline, id, name)
		}
	}
	for cmdline, want := range map[string]string{
		"[lxc monitor] /var/lib/lxc mail\x00\x00": "mail",
		"[lxc monitor] /srv/my lxc/a mail":        "mail",
		"[lxc monitor] mail":                      "",
		"[lxc monitor] /var/lib/lxc ":             "",
		"lxc-start\x00-n\x00mail\x00":             "",
		"":                                        "",
	} {
		if _, got, ok := parseLXCMonitor(cmdline); got != want || ok != (want != "") {
			t.Errorf("%q: %q, %v", cmdline, got, ok)
		}
	}
}

// TestAnswers reads the output of clients: a recorded answer of crictl 1.34, and the one in
// the manual page of systemctl(1), which could not run.
func TestAnswers(t *testing.T) {
	text, err := os.ReadFile("testdata/crictl-inspect.json")
	if err != nil {
		t.Fatal(err)
	}
	f, ok := parseCrictl(text)
	if want := "13306\tcri\t" + criFront + "\tshop/web-0/nginx"; !ok || f.Line() != want || f.proof.cgroup != criFront {
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

// TestDepthOf checks that the id is a part of the cgroup's path, outside of any other
// container. Whose word that is the directories show.
func TestDepthOf(t *testing.T) {
	for _, tt := range []struct {
		path, id string
		want     int
	}{
		{"/system.slice/docker-" + podmanWeb + ".scope", podmanWeb, 2},
		{"/default/web", "web", 2},
		{"/default/web/below", "web", 2},
		{"/", "memory", 0},
		{"/webserver.slice", "web", 0},
		{"/docker-" + dockerShop + ".scope/docker-" + podmanWeb + ".scope", podmanWeb, 0},
		{"/docker/" + dockerShop + "/default/web", "web", 0},
	} {
		if got := depthOf(splitPath(tt.path), tt.id); got != tt.want {
			t.Errorf("%q in %q: %d", tt.id, tt.path, got)
		}
	}
}

// TestKeptApart checks that no record is completed by another user's, whatever the id.
func TestKeptApart(t *testing.T) {
	c := newCatalog(0)
	c.add(Found{Runtime: Docker, ID: podmanWeb, Name: "web", hasRecord: true, stopped: true})
	c.add(Found{Runtime: Docker, ID: podmanWeb, PID: os.Getpid(), Owner: other})
	if len(c.list) != 2 || c.list[0].PID != 0 || c.list[1].Name != "" {
		t.Errorf("%+v", c.list)
	}
	if found := c.match(newQuery("docker:" + podmanWeb)); len(found) != 1 || found[0].PID != 0 || found[0].Owner != 0 {
		t.Errorf("%+v", found)
	}
}

// TestEvidence checks the rule of evidence.
func TestEvidence(t *testing.T) {
	const dir, file = unix.S_IFDIR | 0o755, unix.S_IFREG | 0o644
	type inode struct {
		uid, gid, mode uint32
	}
	for name, tt := range map[string]struct {
		chain []inode
		want  evidence
	}{
		"root's":                                {[]inode{{0, 0, dir}, {0, 0, file}}, evidence{}},
		"a user's":                              {[]inode{{0, 0, dir}, {5, 5, dir}, {5, 5, file}}, evidence{uid: 5}},
		"root's file in a directory of a user":  {[]inode{{0, 0, dir}, {5, 5, dir}, {0, 0, dir}, {0, 0, file}}, evidence{uid: 5}},
		"two users'":                            {[]inode{{0, 0, dir}, {5, 5, dir}, {6, 6, file}}, evidence{nobody: true}},
		"for all to write":                      {[]inode{{0, 0, dir}, {0, 0, unix.S_IFREG | 0o666}}, evidence{nobody: true}},
		"below what all may write":              {[]inode{{0, 0, unix.S_IFDIR | 0o777}, {0, 0, file}}, evidence{nobody: true}},
		"a sticky directory":                    {[]inode{{0, 0, unix.S_IFDIR | 0o1777}, {5, 5, file}}, evidence{uid: 5}},
		"a sticky file":                         {[]inode{{0, 0, unix.S_IFREG | 0o1666}}, evidence{nobody: true}},
		"for a group to write":                  {[]inode{{0, 7, unix.S_IFDIR | 0o775}}, evidence{nobody: true}},
		"for root's group":                      {[]inode{{0, 0, unix.S_IFDIR | 0o770}}, evidence{}},
		"for the user's own group":              {[]inode{{5, 5, unix.S_IFDIR | 0o775}, {5, 5, unix.S_IFREG | 0o664}}, evidence{uid: 5}},
		"a link, whose mode says nothing":       {[]inode{{0, 0, unix.S_IFLNK | 0o777}}, evidence{}},
		"for all to write, where none get to":   {[]inode{{0, 0, dir}, {0, 0, unix.S_IFDIR | 0o700}, {0, 0, dir}, {0, 0, unix.S_IFREG | 0o666}}, evidence{}},
		"where a group gets to":                 {[]inode{{0, 7, unix.S_IFDIR | 0o710}, {0, 0, unix.S_IFREG | 0o666}}, evidence{nobody: true}},
		"where root's group gets to":            {[]inode{{0, 0, unix.S_IFDIR | 0o710}, {0, 0, unix.S_IFREG | 0o666}}, evidence{}},
		"a user's below a closed directory":     {[]inode{{0, 0, unix.S_IFDIR | 0o700}, {5, 5, dir}, {5, 5, unix.S_IFREG | 0o666}}, evidence{nobody: true}},
		"what a user calls so below, and below": {[]inode{{5, 5, dir}, {5, 5, dir}, {7, 7, dir}, {5, 5, dir}}, evidence{nobody: true}},
	} {
		var e evidence
		for _, i := range tt.chain {
			e = e.below(&unix.Stat_t{Uid: i.uid, Gid: i.gid, Mode: i.mode})
		}
		if !e.equals(tt.want) {
			t.Errorf("%s: %+v", name, e)
		}
	}
}

func TestNear(t *testing.T) {
	c := catalog(Found{PID: 1, Runtime: Docker, ID: podmanWeb, Name: "webserver"}, Found{PID: 1, Runtime: Runc, ID: "x", Name: "db"})
	for name, want := range map[string]string{
		"webserver1": "docker:webserver", "wbeserver": "docker:webserver", "websrvr": "docker:webserver", "web": "", "d": "", "zzzzzzzzz": "",
		"docker:webservr": "docker:webserver", "podman:webservr": "",
	} {
		if got := nearest(newQuery(name), c); got != want {
			t.Errorf("%s: %q", name, got)
		}
	}
	// A catalog keeps only the units that are asked for; another one has them all.
	units := catalog(Found{PID: 1, Runtime: Unit, Name: "nginx.service"}, Found{PID: 1, Runtime: Unit, Name: "webserve.service", Owner: other, needsUser: true})
	for name, want := range map[string]string{"ngnix": "unit:nginx.service", "unit:ngnix.service": "unit:nginx.service", "unit:webserve2": "", "docker:ngnix": ""} {
		if got := nearest(newQuery(name), c, units); got != want {
			t.Errorf("%s: %q", name, got)
		}
	}
}

func TestForms(t *testing.T) {
	e := AmbiguousError{Found: []Found{
		{PID: 1, Runtime: Docker, ID: podmanWeb, Name: "web"},
		{PID: 2, Runtime: Containerd, Namespace: "a", ID: "web"},
		{PID: 3, Runtime: Docker, ID: dockerShop, Name: "web"},
		{PID: 4, Runtime: Comm, Name: "web"},
		{PID: 5, Runtime: Comm, Name: "web"},
	}}
	if got, want := e.Alternatives(), "docker:"+podmanWeb+", containerd:a/web, docker:"+dockerShop+", 4 or 5"; got != want {
		t.Errorf("%s; want %s", got, want)
	}
}

// TestMonitorUnit checks that the unit of a container's monitor means the container.
func TestMonitorUnit(t *testing.T) {
	c := newCatalog(0)
	f, err := c.resolveMonitor(Found{PID: os.Getpid(), Runtime: Unit, Name: "a.service"})
	if err != nil || f.Name != "a.service" {
		t.Errorf("%+v, %v", f, err)
	}
}

// TestNotFoundInPod checks that a podman pod without an infra container is refused, with
// its containers in the hint.
func TestNotFoundInPod(t *testing.T) {
	pod := strings.Repeat("d1", 32)
	c := catalog(
		Found{PID: 1, Runtime: Podman, ID: podmanWeb, Name: "alone", podmanPod: pod},
		Found{PID: 1, Runtime: Podman, ID: dockerShop, Name: "his", podmanPod: pod, Owner: other},
	)
	for word, want := range map[string]string{
		pod:                     "podman:alone",
		"podman:" + pod[:12]:    "podman:alone",
		"docker:" + pod:         "",
		"podman:" + pod[:11]:    "", // shorter than podman prints it
		"podman:1000001@" + pod: "podman:1000001@his",
	} {
		e := c.notFound(newQuery(word), nil)
		if got := strings.Join(e.InPod, " "); got != want || (want != "") != strings.Contains(e.Hint(), "pod without") {
			t.Errorf("%s: %q, %s", word, got, e.Hint())
		}
	}
}
