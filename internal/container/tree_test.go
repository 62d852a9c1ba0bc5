package container

import (
	"os"
	"strconv"
	"strings"
	"testing"
)

// cgroups makes a hierarchy of directories, in lines of path, owner and process as in
// restoreCgroups, and processes that started in the order of their numbers.
func cgroups(t *testing.T, lines ...string) (*Catalog, string) {
	t.Helper()
	if os.Geteuid() != 0 {
		t.Skip("not root, who gives directories to others")
	}
	root := t.TempDir()
	text := ""
	for _, line := range lines {
		w := strings.Fields(line)
		for len(w) < 3 {
			w = append(w, "")
		}
		text += "unified\t" + w[0] + "\t" + w[1] + "\t" + w[2] + "\n"
		if w[2] == "" {
			continue
		}
		dir := root + "/proc/" + w[2]
		besideUs(t, dir)
		write(t, dir+"/stat", w[2]+" (sh) S 1"+strings.Repeat(" 0", 17)+" "+w[2])
		write(t, dir+"/status", "Uid:\t"+strings.Repeat(w[1]+"\t", 4)+"\n")
		write(t, dir+"/cgroup", "0::"+w[0]+"\n")
	}
	write(t, root+"/cgroups", text)
	c := newCatalog(0)
	t.Cleanup(c.Close)
	c.proc = root + "/proc"
	c.tree = restoreCgroups(t, root)
	return c, root
}

const (
	scopeWeb  = "/system.slice/docker-" + podmanWeb + ".scope"
	delegated = "/user.slice/user@5.service"
)

// TestOfOwner checks that a cgroup is the word of the owner of the directories down to it.
func TestOfOwner(t *testing.T) {
	c, _ := cgroups(t,
		scopeWeb+" 0 10",
		scopeWeb+"/lxc.payload.prod 0 11",
		"/a.slice 0",
		delegated+" 5 20",
		delegated+"/docker-"+dockerShop+".scope 5 21",
		delegated+"/docker-"+dockerOld+".scope 0 22",
		delegated+"/docker-"+criFront+".scope 6 23",
	)
	for path, want := range map[string]string{
		scopeWeb:                       "docker:" + podmanWeb[:12],
		scopeWeb + "/lxc.payload.prod": "docker:" + podmanWeb[:12],
		"/a.slice":                     "",
		delegated + "/docker-" + dockerShop + ".scope": "docker:5@" + dockerShop[:12],
		delegated + "/docker-" + dockerOld + ".scope":  "docker:5@" + dockerOld[:12], // in a directory of that user
		delegated + "/docker-" + criFront + ".scope":   "",                           // of two users
	} {
		f, ok := c.OwnerByCgroup("0::" + path + "\n")
		if got := f.Label(); ok != (want != "") || ok && got != want {
			t.Errorf("%s: %s, %v; want %s", path, got, ok, want)
		}
	}
}

// TestWithin checks that only a cgroup of the owner proves a process.
func TestWithin(t *testing.T) {
	c, root := cgroups(t, scopeWeb+" 0 10", delegated+"/docker-"+podmanWeb+".scope 5 20")
	for _, tt := range []struct {
		pid   int
		owner uint32
		want  bool
	}{{10, 0, true}, {20, 0, false}, {10, 5, false}, {20, 5, true}} {
		f := Found{PID: tt.pid, Runtime: Docker, ID: podmanWeb, Owner: tt.owner, proof: proof{cgroup: podmanWeb}}
		if got := f.running(c); got != tt.want {
			t.Errorf("%d of uid %d: %v", tt.pid, tt.owner, got)
		}
	}
	// In mounts other than the user's and the caller's it may be root's.
	if err := os.Remove(root + "/proc/20/ns/mnt"); err != nil {
		t.Fatal(err)
	}
	f := Found{PID: 20, Runtime: Docker, ID: podmanWeb, Owner: 5, proof: proof{cgroup: podmanWeb}}
	if f.running(c) {
		t.Error("a process of his among other mounts is his container")
	}
}

// TestOrder checks that later hierarchies are read only for what the first ones lack.
func TestOrder(t *testing.T) {
	c, root := cgroups(t)
	write(t, root+"/cgroups", "memory,devices,cpu,systemd,unified\t"+scopeWeb+"\t0\t\n"+
		"cpu,memory\t/docker/"+dockerShop+"\t0\t30\n")
	dir := root + "/proc/30"
	besideUs(t, dir)
	write(t, dir+"/stat", "30 (sh) S 1"+strings.Repeat(" 0", 17)+" 30")
	write(t, dir+"/status", "Uid:\t0\t0\t0\t0\n")
	write(t, dir+"/cgroup", "3:memory:/docker/"+dockerShop+"\n2:cpu:/docker/"+dockerShop+"\n1:name=systemd:/\n0::/\n")
	c.tree = restoreCgroups(t, root)
	var names []string
	for _, h := range c.tree.list {
		names = append(names, h.number)
	}
	if got := strings.Join(names[:c.tree.leading], " "); got != "unified systemd devices" {
		t.Errorf("in front: %s", got)
	}
	c.walkTo(c.tree.leading, false)
	if f := c.byKey[key{id: podmanWeb}]; f == nil || len(f.cgroups) != 3 || c.cgroupsSeen != 6 {
		t.Errorf("after the first %+v, %d cgroups", f, c.cgroupsSeen)
	}
	if found := c.find(newQuery("docker:" + dockerShop)); len(found) != 1 || found[0].PID != 30 {
		t.Errorf("in the others alone: %+v", found)
	}
	if f := c.byKey[key{id: podmanWeb}]; len(f.cgroups) != 5 || c.cgroupsSeen != 14 {
		t.Errorf("after all %+v, %d cgroups", f, c.cgroupsSeen)
	}
}

// TestNumbersOfAnother checks that a number in cgroup.procs counts only if the process that
// /proc shows is in that cgroup.
func TestNumbersOfAnother(t *testing.T) {
	c, root := cgroups(t, scopeWeb+" 0 10")
	write(t, root+"/proc/10/cgroup", "0::/system.slice/other.service\n")
	c.walk(false)
	for _, f := range c.list {
		if c.findFirstProcess(f); f.PID != 0 {
			t.Errorf("%s: %d", f.Label(), f.PID)
		}
	}
}

// TestWalk checks that a name means only root's cgroups and the caller's own, and nothing
// below a container's, which a name or a file shows.
func TestWalk(t *testing.T) {
	c, _ := cgroups(t,
		scopeWeb+" 0 10",
		scopeWeb+"/docker-"+dockerShop+".scope 0 11",
		"/bundle 0 12",
		"/bundle/docker-"+dockerOld+".scope 0 13",
		delegated+" 5 20",
		delegated+"/docker-"+criFront+".scope 5 21",
		"/both 0 30",
		"/both/docker-"+criSandbox+".scope 0 31",
	)
	file := func(id string, pid int, group string) {
		c.add(Found{Runtime: Runc, ID: id, PID: pid, hasRecord: true, proof: proof{start: uint64(pid), cgroups: []string{group}}})
	}
	file("bundle", 12, "/bundle")
	file("one", 30, "/both")
	file("two", 30, "/both")
	c.walk(false)
	var got []string
	for _, f := range c.list {
		if f.Runtime == Docker {
			got = append(got, f.Label())
		}
	}
	if text, want := strings.Join(got, " "), "docker:"+podmanWeb[:12]; text != want {
		t.Errorf("%s; want %s", text, want)
	}
	if f, ok := c.OwnerByCgroup("0::/bundle/docker-" + dockerOld + ".scope\n"); !ok || f.ID != "bundle" {
		t.Errorf("what is below a bundle belongs to %s, %v", f.Label(), ok)
	}
	if f, ok := c.OwnerByCgroup("0::/both\n"); ok {
		t.Errorf("the cgroup of two belongs to %s", f.Label())
	}
}

// TestWalkIsBounded checks that a limited number of another user's cgroups is read, and
// that the limit is reported.
func TestWalkIsBounded(t *testing.T) {
	c, root := cgroups(t, delegated+" 5")
	for n := range othersCgroups + 1 {
		if err := os.Mkdir(root+"/sys/fs/cgroup/unified"+delegated+"/"+strconv.Itoa(n), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	chown(t, root+"/sys/fs/cgroup/unified"+delegated, 5)
	if c.walk(true); strings.Join(c.Truncated(), " ") != "cgroups of uid 5" {
		t.Errorf("%q", c.Truncated())
	}
}

// TestFindFirstProcess checks that the first process counts, without those in cgroups that are
// delegated to others, or whose list of processes others may write.
func TestFindFirstProcess(t *testing.T) {
	const unit = "/system.slice/a.service"
	c, root := cgroups(t,
		unit+" 0 50",
		unit+"/below 0 49",
		unit+"/given 5 40",
		unit+"/docker-"+podmanWeb+".scope 0 30",
		"/system.slice/b.service 0 60",
		"/system.slice/c.service 0 70",
	)
	chown(t, root+"/sys/fs/cgroup/unified/system.slice/b.service/cgroup.procs", 5)
	// A zombie.
	write(t, root+"/proc/70/stat", "70 (sh) Z 1"+strings.Repeat(" 0", 17)+" 70")
	c.walk(false)
	want := map[string]int{"a.service": 49, "b.service": 0, "c.service": 0}
	for _, f := range c.list {
		pid, ok := want[f.Name]
		if c.findFirstProcess(f); ok && f.PID != pid {
			t.Errorf("%s: %d, want %d", f.Name, f.PID, pid)
		}
		delete(want, f.Name)
	}
	if len(want) > 0 {
		t.Errorf("not found: %v", want)
	}
}
