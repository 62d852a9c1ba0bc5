package container

import (
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

const (
	podmanWeb  = "1aabf1b61c3b2af11a2a78a1b8ccefff32746f864df25200a52c4ba9886ce48f"
	dockerShop = "60fa1056370f03bad253636126ea8a1a3f493490455dfdf5fc0148a22d71343c"
	dockerOld  = "daca0f85fde974dd1e4fb04ee1102b3266199c8795bb0d3b6c691937855e7c07"
	criFront   = "5aa2832987687438e8261c278f4e461a17da935321c2c8ed579eeae001630d76"
	criSandbox = "27e98652bd13781d11807009afddfc345d88cfa9291d4eba2fa69cc817170567"
	crioApp    = "c0ffee3c1a2f4e6d8c0b9a7f5e3d1c2b4a6f8e0d9c7b5a3f1e2d4c6b8a0f9e73"
	nerdctl    = "dddddddd1a2f4e6d8c0b9a7f5e3d1c2b4a6f8e0d9c7b5a3f1e2d4c6b8a0f9e74"
)

func recorded(t *testing.T) *Catalog {
	t.Helper()
	return load(t, copied(t, "testdata/host"))
}

// copied returns a copy of a tree that only the caller may write, as state does.
func copied(t *testing.T, tree string) string {
	t.Helper()
	root := t.TempDir()
	if err := os.CopyFS(root, os.DirFS(tree)); err != nil {
		t.Fatal(err)
	}
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		return os.Chmod(path, 0o755)
	})
	if err != nil {
		t.Fatal(err)
	}
	return root
}

// load reads state as the system's, below a directory.
func load(t *testing.T, root string) *Catalog {
	t.Helper()
	c := newCatalog(uint32(os.Geteuid()))
	t.Cleanup(c.Close)
	c.load(systemStateDirs(root), "")
	return c
}

// TestLoad reads recorded state files, shortened. Those of runc 1.1.5, crun 1.8.1, podman
// 4.3.1, docker 20.10, containerd 1.6, with and without its CRI, and systemd-machined 252
// are real. The others name their source: CRI-O and nerdctl were not installed when these
// tests were made.
func TestLoad(t *testing.T) {
	want := []string{
		"19411 runc web1 - []",
		"19719 podman " + podmanWeb + " web [runc]",
		"28625 crun cweb - []",
		"- podman " + strings.Repeat("0", 63) + "1 stopped []",
		"- podman " + strings.Repeat("0", 63) + "2 gone-at-stop []",
		"4242 cri " + crioApp + " default/shop-0/app [crun]",
		"14130 docker " + dockerShop + " dk-abc [containerd runc]",
		"- docker " + dockerOld + " dk-new []",
		"13306 cri " + criFront + " shop/web-0/nginx [containerd runc]",
		"13089 cri " + criSandbox + " shop/web-0 [containerd]",
		"5054 containerd ctr-abc - [runc]",
		"7002 containerd " + nerdctl + " cache []",
		"28635 machine - ns-abc []",
		"- machine - unitless []", // without a unit nothing proves that it is process 1
		"- lxc - mail []",
	}
	var got []string
	for _, f := range recorded(t).list {
		also := slices.Clone(f.alsoKnownTo)
		slices.Sort(also)
		got = append(got, strings.ReplaceAll(f.Line(), "\t", " ")+" ["+strings.Join(slices.Compact(also), " ")+"]")
	}
	slices.Sort(got)
	slices.Sort(want)
	if !slices.Equal(got, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

// TestProofs checks that a process always has more proof than its number.
func TestProofs(t *testing.T) {
	for _, f := range recorded(t).list {
		if f.PID != 0 && f.proof.start == 0 && f.proof.cgroup == "" {
			t.Errorf("nothing proves %s", f.Line())
		}
	}
}

// TestHostileFiles checks that anything but a small plain file of JSON is skipped.
func TestHostileFiles(t *testing.T) {
	outside := t.TempDir()
	write(t, outside+"/state.json", `{"init_process_pid": 1, "init_process_start": 1}`)
	tests := map[string]func(dir string){
		"pipe":      func(dir string) { unix.Mkfifo(dir+"/state.json", 0o600) },
		"directory": func(dir string) { os.Mkdir(dir+"/state.json", 0o700) },
		"huge": func(dir string) {
			write(t, dir+"/state.json", "")
			os.Truncate(dir+"/state.json", 1<<40)
		},
		"link outside": func(dir string) {
			os.Symlink(outside+"/state.json", dir+"/state.json")
			os.Lchown(dir+"/state.json", 1000, 1000) // not root's, when root runs this
		},
		"link to itself": func(dir string) { os.Symlink("state.json", dir+"/state.json") },
		"no JSON":        func(dir string) { write(t, dir+"/state.json", "{") },
		"empty":          func(dir string) { write(t, dir+"/state.json", "") },
		"another type":   func(dir string) { write(t, dir+"/state.json", `{"init_process_pid": "1"}`) },
		"deep":           func(dir string) { write(t, dir+"/state.json", strings.Repeat("[", 1<<20)) },
		"number too large": func(dir string) {
			write(t, dir+"/state.json", `{"init_process_pid": 99999999999999999999}`)
		},
	}
	for name, make := range tests {
		t.Run(name, func(t *testing.T) {
			root := t.TempDir()
			if err := os.MkdirAll(root+"/run/runc/evil", 0o755); err != nil {
				t.Fatal(err)
			}
			make(root + "/run/runc/evil")
			c := load(t, root)
			if len(c.list) != 0 {
				t.Errorf("%+v", *c.list[0])
			}
		})
	}
}

// TestCreated checks that the process of a container counts only once it is started.
func TestCreated(t *testing.T) {
	root := t.TempDir()
	write(t, root+"/run/crun/made/status", `{"pid": 1, "process-start-time": 1}`)
	if err := unix.Mkfifo(root+"/run/crun/made/exec.fifo", 0o600); err != nil {
		t.Fatal(err)
	}
	c := load(t, root)
	if len(c.list) != 1 || c.list[0].PID != 0 || c.list[0].ID != "made" {
		t.Errorf("%+v", c.list)
	}
}

// TestLinkedStore checks that an ordinary user's link leads nowhere, and root's where it
// says. For an ordinary user who runs this, the links are not root's.
func TestLinkedStore(t *testing.T) {
	outside, root := t.TempDir(), t.TempDir()
	write(t, outside+"/runc/web/state.json", `{"init_process_pid": 1, "init_process_start": 1}`)
	if err := os.Symlink(outside, root+"/run"); err != nil {
		t.Fatal(err)
	}
	want := 0
	if os.Geteuid() == 0 {
		want = 1
	}
	if c := load(t, root); len(c.list) != want {
		t.Errorf("%d found through a link of uid %d", len(c.list), os.Geteuid())
	}
	if os.Geteuid() != 0 {
		return
	}
	if err := os.Lchown(root+"/run", 1000, 1000); err != nil {
		t.Fatal(err)
	}
	if c := load(t, root); len(c.list) != 0 {
		t.Errorf("%+v", *c.list[0])
	}
}

// TestWritten checks that state which others may write is refused, with a remark.
func TestWritten(t *testing.T) {
	for _, tt := range []struct {
		path string
		mode os.FileMode
		want int
	}{
		{"run/runc/web/state.json", 0o644, 1},
		{"run/runc/web/state.json", 0o646, 0},
		{"run/runc/web", 0o757, 0},
		{"run/runc", 0o757, 0},
		{"run", 0o757, 0},
		{"run", 0o757 | os.ModeSticky, 1}, // where only the owner replaces a file
		{"", 0o700, 1},
	} {
		root := t.TempDir()
		if err := os.Chmod(filepath.Dir(root), 0o755); err != nil { // others get there
			t.Fatal(err)
		}
		write(t, root+"/run/runc/web/state.json", `{"init_process_pid": 1, "init_process_start": 1}`)
		if err := os.Chmod(filepath.Join(root, tt.path), tt.mode); err != nil {
			t.Fatal(err)
		}
		c := load(t, root)
		if len(c.list) != tt.want {
			t.Errorf("%s %v: %d", tt.path, tt.mode, len(c.list))
		}
		if told := strings.Contains(strings.Join(c.searchedFor(""), " "), "not believed"); told != (tt.path == "run" || tt.path == "run/runc") && tt.want == 0 {
			t.Errorf("%s %v: told %v", tt.path, tt.mode, told)
		}
	}
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

// TestStoreIsBounded checks the limits of reading, which an attacker may try to exceed.
func TestStoreIsBounded(t *testing.T) {
	dir := t.TempDir()
	for name, size := range map[string]int64{"fits": fileMax, "large": fileMax + 1, "list": listMax} {
		if err := os.WriteFile(filepath.Join(dir, name), nil, 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Truncate(filepath.Join(dir, name), size); err != nil {
			t.Fatal(err)
		}
	}
	dirs := make(cache)
	defer dirs.close()
	s, err := dirs.store(absolute(dir), ownBudget())
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := s.read("fits"); err != nil {
		t.Error(err)
	}
	if _, _, err := s.read("large"); err == nil {
		t.Error("a large file was read")
	}
	for n := range storeMax / listMax {
		if _, _, err := s.readUpTo("list", listMax); (err == nil) != (n < storeMax/listMax-1) {
			t.Errorf("list %d: %v", n, err)
		}
	}
	if _, _, err := s.read("fits"); err == nil {
		t.Error("it goes on without end")
	}
}

// TestFilesOfAnother checks that what one user says of a container is not completed by
// another's file beside it.
func TestFilesOfAnother(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("not root, who gives files to others")
	}
	const (
		status      = "/run/crun/web/status"
		config      = "/run/crun/web/config.json"
		daemon      = "/etc/docker/daemon.json"
		moved       = "/srv/docker/containers/" + dockerShop + "/config.v2.json"
		init        = "/run/containerd/io.containerd.runtime.v2.task/default/" + nerdctl + "/init.pid"
		name        = "/var/lib/nerdctl/1/names/default/cache"
		annotations = `{"annotations": {"nerdctl/name": "front"}}`
	)
	for _, tt := range []struct{ given, want string }{
		{"", "crun:front docker:shop containerd:default/cache"},
		{config, "crun:web docker:shop containerd:default/cache"},
		{daemon, "crun:front containerd:default/cache"},
		{name, "crun:front docker:shop containerd:default/dddddddd1a2f"},
	} {
		root := t.TempDir()
		write(t, root+status, `{"pid": 1, "process-start-time": 1}`)
		write(t, root+config, annotations)
		write(t, root+daemon, `{"data-root": "/srv/docker"}`)
		write(t, root+moved, `{"Name": "/shop", "State": {"Running": false}}`)
		write(t, root+init, "1")
		write(t, root+name, nerdctl)
		if tt.given != "" {
			chown(t, root+tt.given, 5)
		}
		var got []string
		for _, f := range load(t, root).list {
			got = append(got, f.Label())
		}
		slices.Sort(got)
		want := strings.Fields(tt.want)
		slices.Sort(want)
		if !slices.Equal(got, want) {
			t.Errorf("%q is another's: %q; want %q", tt.given, got, want)
		}
	}
}

// TestStorageIsBounded checks that no more records are read than wanted.
func TestStorageIsBounded(t *testing.T) {
	text := []byte(`[{"id": "a"}, {"id": "b"}]`)
	for limit, want := range []int{0, 1, 2, 2} {
		if list, cut := parseStorage(text, int64(limit)); len(list) != want || cut != (limit < 2) {
			t.Errorf("%d: %d records, cut %v", limit, len(list), cut)
		}
	}
}
