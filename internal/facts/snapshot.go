package facts

import (
	"os"

	"nstools/internal/files"
)

// A Snapshot is all that a compiler may know of the caller and the host. It is
// taken once, before the plan, and holds only the files that were asked for.
type Snapshot struct {
	Ids
	PID  int    // of the process that becomes the command
	Self string // its name below /proc; a placeholder in explanations
	Env  []string
	Dir  string // the working directory; "" where it has no path

	// Lookup reads a file that only a failure makes worth a look: nil where there is none.
	Lookup func(path string) []byte

	Passwd, Group, Subuid, Subgid, UIDMap, GIDMap File
}

// A File is a file's content, or why there is none.
type File struct {
	Path string
	Text []byte
	Err  error
}

// Needs says which files, and whether the working directory, a plan will want to see.
type Needs struct {
	Passwd, Group, Subuid, Subgid, UIDMap, GIDMap, Dir bool
}

// Read takes in what is needed.
func (s *Snapshot) Read(n Needs) {
	s.Lookup = func(path string) []byte {
		text, _ := os.ReadFile(path) // none is no error here
		return text
	}
	read := func(wanted bool, f *File, path string) {
		if wanted {
			f.Path = path
			f.Text, f.Err = files.Read(path)
		}
	}
	if n.Dir {
		s.Dir, _ = os.Getwd() // none is no error here
	}
	read(n.Passwd, &s.Passwd, "/etc/passwd")
	read(n.Group, &s.Group, "/etc/group")
	read(n.Subuid, &s.Subuid, "/etc/subuid")
	read(n.Subgid, &s.Subgid, "/etc/subgid")
	read(n.UIDMap, &s.UIDMap, "/proc/self/uid_map")
	read(n.GIDMap, &s.GIDMap, "/proc/self/gid_map")
}
