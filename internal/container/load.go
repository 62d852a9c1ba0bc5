package container

import (
	"cmp"
	"os"
	"path"
	"slices"
	"strconv"
	"strings"
	"time"

	"nstools/internal/facts"
)

// stateDirs are the directories of one user's state files. Paths are from "/", without the
// leading slash.
type stateDirs struct {
	root       string   // "" outside of tests
	boot       []string // directories of state that lasts until the next boot
	persistent string   // directory of state that stays
	system     bool     // root's, with those of systemd and lxd
	budget     *budget
}

// Load reads the state files that the caller may read: the system's, the caller's own and,
// for root, other users'. A missing or malformed file is skipped; see [Catalog.Truncated].
func Load() *Catalog {
	c := newCatalog(uint32(os.Geteuid()))
	for _, p := range c.ownStateDirs() {
		c.load(p, "")
	}
	c.loadOthers("", nil)
	c.walk(true)
	c.namePodman()
	c.makeLabelsUnique()
	return c
}

func systemStateDirs(root string) stateDirs {
	return stateDirs{root: root, boot: []string{"run"}, persistent: "var/lib", system: true, budget: ownBudget()}
}

// runtimes has the XDG_RUNTIME_DIR of each user who has logged in.
const runtimes = "run/user"

// ownStateDirs returns the directories of root, and of the caller.
func (c *Catalog) ownStateDirs() []stateDirs {
	own := c.stateDirsOf(c.euid, cmp.Or(c.ownRuntimeDir(), runtimeDir(c.euid)))
	if c.euid != 0 {
		if home := os.Getenv("HOME"); home != "" {
			own.persistent = absolute(home, ".local/share")
		}
	}
	own.budget = ownBudget()
	return []stateDirs{systemStateDirs(""), own}
}

// ownRuntimeDir returns XDG_RUNTIME_DIR. Root may have inherited another user's, which is
// read as that user's.
func (c *Catalog) ownRuntimeDir() string {
	dir := absolute(os.Getenv("XDG_RUNTIME_DIR"))
	if c.euid != 0 || dir == "" || dir == runtimeDir(0) {
		return dir
	}
	if strings.HasPrefix(dir, runtimes+"/") {
		return ""
	}
	if h, err := c.dirs.open(dir); err != nil || !h.equals(evidence{}) {
		return ""
	}
	return dir
}

func runtimeDir(uid uint32) string { return path.Join(runtimes, formatUID(uid)) }

func formatUID(uid uint32) string { return strconv.FormatUint(uint64(uid), 10) }

// stateDirsOf returns the directories of an ordinary user, without the persistent one. For
// a user who has not logged in (su, cron, CI) podman keeps its state in /tmp:
// storage-run-UID since version 5, podman-run-UID before.
func (c *Catalog) stateDirsOf(uid uint32, runtime string) stateDirs {
	p := stateDirs{boot: []string{runtime}, budget: othersBudget()}
	if uid != 0 {
		p.boot = append(p.boot, "tmp/storage-run-"+formatUID(uid), "tmp/podman-run-"+formatUID(uid))
	}
	return p
}

// othersTime is how long root reads the state of all other users, one of whom may have
// mounted a file system that does not answer.
const othersTime = 500 * time.Millisecond

// loadOthers reads the state of other users, for root: of those who have a directory in
// /run/user or in /tmp for it, or only of one.
func (c *Catalog) loadOthers(kind string, only *uint32) {
	if c.euid != 0 {
		return
	}
	type result struct {
		uid uint32
		c   *Catalog
	}
	results := make(chan result, othersRecords*3+1)
	go func() {
		all := newCatalog(c.euid) // its own, since the read may outlive the wait
		uids := all.others(only)
		all.dirs.close()
		results <- result{c: all}
		passwd := readSystemFile("/etc/passwd")
		for _, uid := range uids {
			o := newCatalog(c.euid)
			p := o.stateDirsOf(uid, runtimeDir(uid))
			if user, ok := facts.UserByID(passwd, uid); ok {
				p.persistent = absolute(user.Home, ".local/share")
			}
			o.load(p, kind)
			o.dirs.close()
			results <- result{uid, o}
		}
		close(results)
	}()
	timeout := time.After(othersTime)
	for {
		select {
		case r, ok := <-results:
			if !ok {
				return
			}
			c.addOthers(r.uid, r.c)
		case <-timeout:
			c.truncated = append(c.truncated, "files of other users, which took too long")
			return
		}
	}
}

// addOthers adds what was read for another user. Records of root, to which that user may
// have a link, are left out.
func (c *Catalog) addOthers(uid uint32, o *Catalog) {
	for _, f := range o.list {
		if f.Owner == uid {
			c.add(*f)
		}
	}
	c.searched = append(c.searched, o.searched...)
	c.truncated = append(c.truncated, o.truncated...)
}

// others returns the users who may have state.
func (c *Catalog) others(only *uint32) (uids []uint32) {
	seen := map[uint32]bool{0: true, c.euid: true}
	for _, in := range [...]struct{ dir, before string }{{runtimes, ""}, {"tmp", "storage-run-"}, {"tmp", "podman-run-"}} {
		budget := &budget{names: dirMax}
		s, err := c.dirs.store(in.dir, budget)
		if err != nil {
			continue
		}
		names := s.names(".")
		if budget.truncated {
			c.truncated = append(c.truncated, "the users in /"+in.dir)
		}
		for _, name := range names {
			word, ok := strings.CutPrefix(name, in.before)
			n, err := strconv.ParseUint(word, 10, 32)
			uid := uint32(n)
			if !ok || err != nil || seen[uid] || only != nil && *only != uid {
				continue
			}
			if h, err := s.open(name); err == nil {
				if h.equals(evidence{uid: uid}) {
					seen[uid] = true
					uids = append(uids, uid)
				}
				h.close()
			}
			if len(uids) == othersRecords {
				c.truncated = append(c.truncated, "the users in /"+in.dir)
				break
			}
		}
	}
	return uids
}

// A source is a kind of state files, and the kinds of names in them.
type source struct {
	kinds []string
	load  func(*Catalog, stateDirs)
}

var sources = [...]source{
	{[]string{Runc, Crun, Podman, CRI, Pod}, (*Catalog).loadRoots},
	{[]string{Containerd, CRI, Pod, Docker, Runc, Crun}, (*Catalog).loadContainerd},
	{[]string{Docker, Runc, Crun}, (*Catalog).loadDocker},
	{[]string{Podman, CRI, Pod}, (*Catalog).loadStorage},
	{[]string{Machine}, (*Catalog).loadMachines},
	{[]string{LXC}, (*Catalog).loadLXC},
	{[]string{Containerd}, (*Catalog).loadNerdctl},
}

// load reads the directories of one user, for names of a kind or, for "", of all.
func (c *Catalog) load(p stateDirs, kind string) {
	for _, s := range sources {
		if kind == "" || slices.Contains(s.kinds, kind) {
			s.load(c, p)
		}
	}
	if p.budget.truncated {
		c.truncated = append(c.truncated, "files in "+strings.Join(p.dirs(), ", "))
	}
}

func (p stateDirs) dirs() (dirs []string) {
	for _, dir := range append(p.boot[:len(p.boot):len(p.boot)], p.persistent) {
		if dir != "" {
			if _, err := os.Lstat("/" + absolute(p.root, dir)); err == nil {
				dirs = append(dirs, "/"+absolute(p.root, dir))
			}
		}
	}
	return dirs
}

// open opens a directory of state, and notes that names of some kinds were looked for
// there.
func (c *Catalog) open(p stateDirs, dir string, kinds ...string) (store, bool) {
	dir = absolute(p.root, dir)
	s, err := c.dirs.store(dir, p.budget)
	switch {
	case err == nil && s.nobody:
		c.searched = append(c.searched, searchedDir{"/" + dir + " (not believed: others may write there)", kinds})
		return s, false
	case err == nil:
		c.searched = append(c.searched, searchedDir{"/" + dir, kinds})
	case denied(err):
		c.searched = append(c.searched, searchedDir{"/" + dir + " (not permitted)", kinds})
	}
	return s, err == nil
}

// addRecord adds the record of a file, as the word of whoever may have written it.
func (c *Catalog) addRecord(p stateDirs, f Found, e evidence) *Found {
	if e.nobody || len(c.list) >= dirMax {
		p.budget.truncated = p.budget.truncated || !e.nobody
		return nil
	}
	f.Owner, f.hasRecord = e.uid, true
	return c.add(f)
}
