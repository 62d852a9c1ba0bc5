package container

import (
	"os"
	"strconv"
	"strings"
	"testing"
)

// process writes a process below root: its parent, state, four ids, arguments and cgroup.
func process(t *testing.T, root string, pid, ppid int, state, ids, cmdline, cgroup string) {
	t.Helper()
	dir := root + "/proc/" + strconv.Itoa(pid)
	besideUs(t, dir)
	write(t, dir+"/stat", strconv.Itoa(pid)+" (x) "+state+" "+strconv.Itoa(ppid)+strings.Repeat(" 0", 17)+" "+strconv.Itoa(pid))
	write(t, dir+"/status", "Uid:\t"+strings.ReplaceAll(ids, " ", "\t")+"\n")
	write(t, dir+"/cmdline", strings.ReplaceAll(cmdline, " ", "\x00")+"\x00")
	write(t, dir+"/cgroup", "0::"+cgroup+"\n")
}

// TestLXCMonitor checks that the monitor has to be the owner's, by all four ids, and the
// process its running child.
func TestLXCMonitor(t *testing.T) {
	const callers, others = "0 0 0 0", "5 5 5 5"
	for name, tt := range map[string]struct {
		ids, state string
		ppid       int
		group      string
		want       int
	}{
		"as it is":                {callers, "S", 10, "/lxc.monitor.web", 11},
		"a user's":                {others, "S", 10, "/lxc.monitor.web", 0},
		"a set-user-ID program's": {"5 0 0 0", "S", 10, "/lxc.monitor.web", 0},
		"whose child has ended":   {callers, "Z", 10, "/lxc.monitor.web", 0},
		"of another's child":      {callers, "S", 9, "/lxc.monitor.web", 0},
		"from another cgroup":     {callers, "S", 10, "/lxc.monitor.other", 0},
	} {
		t.Run(name, func(t *testing.T) {
			c, root := cgroups(t, "/lxc.monitor.web 0", "/lxc.payload.web-1 0")
			write(t, root+"/sys/fs/cgroup/unified/lxc.monitor.web/cgroup.procs", "10\n")
			process(t, root, 10, 1, "S", tt.ids, "", tt.group)
			write(t, root+"/proc/10/cmdline", "[lxc monitor] /var/lib/lxc web\x00")
			write(t, root+"/proc/10/task/10/children", "11 ")
			process(t, root, 11, tt.ppid, tt.state, callers, "init", "/lxc.payload.web-1")
			c.walk(false)
			if got := c.lead("lxc:web"); got != tt.want {
				t.Errorf("%d; want %d", got, tt.want)
			}
			if tt.want != 0 {
				if f, ok := c.OwnerByCgroup("0::/lxc.payload.web-1/x\n"); !ok || f.Name != "web" {
					t.Errorf("what is in its cgroup belongs to %s", f.Label())
				}
			}
		})
	}
}

// TestUIDOf checks that different ids are refused: they are those of a set-user-ID program,
// whose arguments anybody chooses.
func TestUIDOf(t *testing.T) {
	root := t.TempDir()
	for n, tt := range []struct {
		ids  string
		want bool
	}{{"0 0 0 0", true}, {"5 5 5 5", true}, {"5 0 0 0", false}, {"0 5 0 0", false}, {"0 0 5 0", false}, {"0 0 0 5", false}, {"0 0 0", false}, {"x x x x", false}} {
		process(t, root, n+1, 1, "S", tt.ids, "x", "/")
		uid, ok := uidOf(procDir{root + "/proc", n + 1})
		if ok != tt.want || ok && strconv.Itoa(int(uid)) != tt.ids[:1] {
			t.Errorf("%s: %d, %v", tt.ids, uid, ok)
		}
	}
}

// TestResolveMonitor checks that a unit whose first process is the monitor of a container
// means the container, if the unit's owner runs the monitor.
func TestResolveMonitor(t *testing.T) {
	const unit = "/system.slice/web.service"
	for name, tt := range map[string]struct {
		ids, cmdline string
		owner        uint32 // of the container
		want         int    // -1 if it is refused
	}{
		"root's":                        {"0 0 0 0", "/usr/bin/conmon -c " + podmanWeb + " -n web", 0, 12},
		"the unit's user's":             {"5 5 5 5", "/usr/bin/conmon -c " + podmanWeb + " -n web", 0, -1},
		"a set-user-ID program's":       {"5 0 0 0", "/usr/bin/conmon -c " + podmanWeb + " -n web", 0, -1},
		"of another user's container":   {"0 0 0 0", "/usr/bin/conmon -c " + podmanWeb + " -n web", 5, -1},
		"of a container that is gone":   {"0 0 0 0", "/usr/bin/conmon -c " + dockerShop + " -n web", 0, -1},
		"a program that is called else": {"0 0 0 0", "/usr/bin/httpd -c " + podmanWeb, 0, 11},
	} {
		t.Run(name, func(t *testing.T) {
			c, root := cgroups(t, unit+" 0")
			write(t, root+"/sys/fs/cgroup/unified"+unit+"/cgroup.procs", "11\n")
			process(t, root, 11, 1, "S", tt.ids, tt.cmdline, unit)
			process(t, root, 12, 11, "S", "0 0 0 0", "sleep", "/elsewhere")
			c.add(Found{Runtime: Podman, ID: podmanWeb, Name: "web", Owner: tt.owner, PID: 12, hasRecord: true, proof: proof{start: 12}})
			c.walk(false)
			q := newQuery("unit:web")
			for _, f := range c.list {
				c.findFirstProcess(f)
			}
			f, err := c.single(c.match(q))
			if got := f.PID; err != nil && tt.want != -1 || err == nil && got != tt.want {
				t.Errorf("%d, %v; want %d", got, err, tt.want)
			}
		})
	}
}

// TestOthersRecords checks that what is read for one user counts only if that user owns it.
func TestOthersRecords(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("not root, who gives files to others")
	}
	c := newCatalog(0)
	c.addOthers(5, &Catalog{list: []*Found{{Runtime: Runc, ID: "his", Owner: 5}, {Runtime: Runc, ID: "roots", Owner: 0}, {Runtime: Runc, ID: "thirds", Owner: 6}}})
	if len(c.list) != 1 || c.list[0].ID != "his" {
		t.Errorf("%+v", c.list)
	}
}
