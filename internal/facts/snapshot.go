package facts

import (
	"os"

	"nstools/internal/files"
)

// A Snapshot is all that a compiler knows of the caller and the host. It is taken once,
// before the plan, and has only the files that were asked for.
type Snapshot struct {
	Ids
	PID  int    // of the process that becomes the command
	Self string // its name below /proc; a placeholder in explanations
	Env  []string
	Dir  string // the working directory; "" where it has no path

	// Lookup reads a file that only a failure needs; nil for a missing one.
	Lookup func(path string) []byte

	Passwd, Group, Subuid, Subgid, UIDMap, GIDMap File
}

// A File is a file's content, or why it could not be read.
type File struct {
	Path string
	Text []byte
	Err  error
}

// Needs says what a plan reads: which files, and whether the working directory.
type Needs struct {
	Passwd, Group, Subuid, Subgid, UIDMap, GIDMap, Dir bool
}

// Read reads what is needed.
func (s *Snapshot) Read(n Needs) {
	s.Lookup = func(path string) []byte {
		text, _ := os.ReadFile(path) // a missing file is fine here
		return text
	}
	read := func(wanted bool, f *File, path string) {
		if wanted {
			f.Path = path
			f.Text, f.Err = files.Read(path)
		}
	}
	if n.Dir {
		s.Dir, _ = os.Getwd() // a missing path is fine here
	}
	read(n.Passwd, &s.Passwd, "/etc/passwd")
	read(n.Group, &s.Group, "/etc/group")
	read(n.Subuid, &s.Subuid, "/etc/subuid")
	read(n.Subgid, &s.Subgid, "/etc/subgid")
	read(n.UIDMap, &s.UIDMap, "/proc/self/uid_map")
	read(n.GIDMap, &s.GIDMap, "/proc/self/gid_map")
}
