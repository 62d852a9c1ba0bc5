package container

import (
	"cmp"
	"os"
	"path"
	"strconv"

	"golang.org/x/sys/unix"

	"nstools/internal/facts"
)

// A place is where the state files of one user's containers are, all below a directory
// in which nobody else can put links.
type place struct {
	trusted string
	owner   uint32
	runtime string // directory of state that goes with the boot, below trusted
	docker  string // docker's containers
	storage string // of podman and CRI-O
	lxc     []string
	system  bool // systemd's and containerd's are here as well
}

// Load reads the state files that we may read: those of the system, our own, and, as
// root, those of other users who run something. Nothing of it is an error: what is not
// there or is malformed is as if it did not exist.
func Load() *Catalog {
	c := &Catalog{self: uint32(os.Geteuid())}
	c.load(system("/"))
	for _, p := range users(c.self) {
		c.load(p)
	}
	c.nameByMonitors()
	return c
}

func system(root string) place {
	return place{
		trusted: root, runtime: "run", docker: "var/lib/docker/containers", storage: "var/lib/containers/storage",
		lxc:    []string{"var/lib/lxc", "var/lib/lxd/containers", "var/snap/lxd/common/lxd/containers", "var/lib/incus/containers"},
		system: true,
	}
}

// users are the places of ordinary users: the caller's, and for root those of each who
// has a directory below /run/user.
func users(self uint32) []place {
	var places []place
	const runtimes = "/run/user" // where XDG_RUNTIME_DIR is, as a rule
	dir := cmp.Or(os.Getenv("XDG_RUNTIME_DIR"), path.Join(runtimes, strconv.FormatUint(uint64(self), 10)))
	if ownedBy(dir, self) {
		places = append(places, place{trusted: dir, owner: self, runtime: "."})
	}
	if home := os.Getenv("HOME"); home != "" && self != 0 && ownedBy(home, self) {
		places = append(places, keptBy(home, self))
	}
	if self != 0 {
		return places
	}
	entries, _ := os.ReadDir(runtimes) // none: nobody has logged in
	passwd, _ := os.ReadFile("/etc/passwd")
	for _, e := range entries {
		uid, err := strconv.ParseUint(e.Name(), 10, 32)
		dir := path.Join(runtimes, e.Name())
		if err != nil || uint32(uid) == self || !ownedBy(dir, uint32(uid)) {
			continue
		}
		places = append(places, place{trusted: dir, owner: uint32(uid), runtime: "."})
		if user, ok := facts.UserByID(passwd, uint32(uid)); ok && ownedBy(user.Home, uint32(uid)) {
			places = append(places, keptBy(user.Home, uint32(uid)))
		}
	}
	return places
}

// keptBy is what a user's containers keep when the machine is restarted.
func keptBy(dir string, owner uint32) place {
	const data = ".local/share/"
	return place{trusted: dir, owner: owner, docker: data + "docker/containers", storage: data + "containers/storage", lxc: []string{data + "lxc"}}
}

func ownedBy(dir string, uid uint32) bool {
	var st unix.Stat_t
	return unix.Stat(dir, &st) == nil && st.Uid == uid
}

// load reads one place.
func (c *Catalog) load(p place) {
	if p.runtime != "" {
		c.loadOCI(p, path.Join(p.runtime, "runc"), "")
		c.loadOCI(p, path.Join(p.runtime, "crun"), "")
		c.loadOCI(p, path.Join(p.runtime, "docker/runtime-runc/moby"), Docker)
	}
	if p.system {
		c.loadContainerd(p)
		c.loadMachines(p)
	}
	if p.docker != "" {
		c.loadDocker(p)
	}
	if p.storage != "" {
		c.loadStorage(p)
	}
	for _, dir := range p.lxc {
		c.loadLXC(p, dir)
	}
}

// open opens a directory of a place, and remembers to have looked there for names of some
// kinds.
func (c *Catalog) open(p place, dir string, kinds ...string) (store, bool) {
	s, err := openStore(p.trusted, dir)
	switch {
	case err == nil:
		c.looked = append(c.looked, looked{path.Join(p.trusted, dir), kinds})
	case denied(err):
		c.looked = append(c.looked, looked{path.Join(p.trusted, dir) + " (not permitted)", kinds})
	}
	return s, err == nil
}
