package inventory

import (
	"slices"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"

	"nstools/internal/ns"
	"nstools/internal/proc"
)

// references are what leads to a namespace besides the processes in it.
type references struct {
	mounts   []string // names of ip-netns(8), and other files that it is bound to
	ownMount string   // one of them in the caller's mount namespace

	// file belongs to a process that keeps the namespace: one of its descriptors or
	// threads, or its children's namespace.
	file string
}

func (s *Survey) referencesOf(k Key) *references {
	t := s.references[k]
	if t == nil {
		t = new(references)
		s.references[k] = t
	}
	return t
}

// ownMounts adds what is bound in the caller's mount namespace, by the caller's paths.
func (s *Survey) ownMounts() {
	if k, err := readLink(unix.AT_FDCWD, "/proc/self/ns/mnt"); err == nil {
		s.ownMountID = k.ID
	}
	s.addMounts(readAt(unix.AT_FDCWD, "/proc/self/mountinfo", mountsMax), "")
}

// addMounts adds what is bound in one mount namespace, which begins at root. A namespace
// that was bound in an earlier one keeps its names: mount namespaces begin as copies.
func (s *Survey) addMounts(mountinfo, root string) {
	for line := range strings.Lines(mountinfo) {
		if !strings.Contains(line, " - nsfs ") {
			continue // nearly all lines
		}
		k, ok := parseLink(mountRoot(line))
		if !ok || root != "" && s.referencesOf(k).mounts != nil {
			continue
		}
		for _, m := range proc.ParseMounts(line) {
			s.addMount(k, m, root)
		}
	}
}

// mountRoot returns the fourth word of a line, which is the namespace on nsfs.
func mountRoot(line string) string {
	for range 3 {
		_, line, _ = strings.Cut(line, " ")
	}
	root, _, _ := strings.Cut(line, " ")
	return root
}

func (s *Survey) addMount(k Key, m proc.Mount, root string) {
	if m.FSType != "nsfs" {
		return
	}
	name := root + m.Point
	if net, named := strings.CutPrefix(name, ns.NetDir+"/"); named && k.Kind == ns.Net {
		name = "netns:" + net
	}
	t := s.referencesOf(k)
	if root == "" {
		t.ownMount = m.Point
	}
	if !slices.Contains(t.mounts, name) {
		t.mounts = append(t.mounts, name)
	}
}

// findReferences finds namespaces that a process keeps without being in them: its
// children's, its threads', and those that it has open.
func (s *Survey) findReferences(p *processFiles) {
	self := "/proc/" + strconv.Itoa(p.pid) + "/"
	for _, k := range ns.Kinds {
		if k.ChildrenFile != k.File {
			s.addLink(p.dir, k.ChildrenFile, self+"ns/"+k.ChildrenFile)
		}
	}
	s.addThreads(p, self+"task/")
	s.addDescriptors(p, self+"fd/")
}

// addLink adds the namespace of a link, if it has no processes so far.
func (s *Survey) addLink(dir int, name, path string) {
	k, err := readLink(dir, name)
	if err != nil {
		return
	}
	if n := s.inv.byKey[k]; n != nil && n.Processes > 0 {
		return
	}
	if t := s.referencesOf(k); t.file == "" {
		t.file = path
		s.relateAt(s.inv.namespace(k), dir, name)
	}
}

func (s *Survey) addDescriptors(p *processFiles, path string) {
	dir, err := unix.Openat(p.dir, "../fd", unix.O_RDONLY|unix.O_DIRECTORY|unix.O_CLOEXEC, 0)
	if err != nil {
		return
	}
	defer unix.Close(dir)
	names, _ := s.reader.entries(dir) // a part is as good as all, since a process may open and close meanwhile
	for _, name := range names {
		s.addLink(dir, name, path+name)
	}
}

// threadKinds are the kinds that a thread can have to itself. The others need a process
// with one thread only.
// See: setns(2), unshare(2).
const threadKinds = unix.CLONE_NEWNS | unix.CLONE_NEWCGROUP | unix.CLONE_NEWIPC | unix.CLONE_NEWUTS | unix.CLONE_NEWNET

// addThreads adds the namespaces of threads, if there are several. They count with their
// process, as in lsns(8).
func (s *Survey) addThreads(p *processFiles, path string) {
	var st unix.Stat_t
	if unix.Fstatat(p.dir, "../task", &st, 0) != nil || st.Nlink <= 3 { // ".", ".." and one thread
		return
	}
	dir, err := unix.Openat(p.dir, "../task", unix.O_RDONLY|unix.O_DIRECTORY|unix.O_CLOEXEC, 0)
	if err != nil {
		return
	}
	defer unix.Close(dir)
	names, _ := s.reader.entries(dir) // see addDescriptors
	for _, name := range names {
		if name == strconv.Itoa(p.pid) {
			continue
		}
		for _, k := range ns.Kinds {
			if k.Flag&threadKinds != 0 {
				link := name + "/ns/" + k.File
				s.addLink(dir, link, path+link)
			}
		}
	}
}

// addEmpty adds the bound namespaces that nobody is in. Their relatives are read in the
// caller's mount namespace only: a path in another may lead to a file system that never
// answers.
func (s *Survey) addEmpty() {
	for k, t := range s.references {
		if n := s.inv.namespace(k); t.ownMount != "" {
			s.relateAt(n, unix.AT_FDCWD, t.ownMount)
		}
	}
}
