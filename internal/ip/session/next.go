package session

import (
	"bytes"
	"errors"
	"io"
	"os"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"

	"nstools/internal/iproute"
	"nstools/internal/kernel"
	"nstools/internal/tool"
)

// A NextIP is another ip on PATH, which may know more commands.
type NextIP struct {
	Path   string // "" for none
	Env    []string
	Script bool // it may read a batch ahead
	Loops  bool // others were skipped that would call this program again
}

// AskedVariable is the environment variable with the scripts named ip that have been asked.
// Such a script may call this program, which would ask it again, for ever. Only scripts get
// the variable: a program does not need it, and may pass it to a command of the user. Its name
// in a file also marks programs of this project.
const AskedVariable = "NSTOOLS_IP_ASKED"

// Environ returns the environment for the user's commands: without AskedVariable.
func Environ() []string {
	return slices.DeleteFunc(slices.Clone(kernel.Environ()), func(s string) bool { return strings.HasPrefix(s, AskedVariable+"=") })
}

// NextIPFor returns what findNextIP returns, and looks only once.
func (s *Session) NextIPFor(words []string) NextIP {
	runs := runsCommand(words)
	n, ok := s.nextIPs[runs]
	if !ok {
		n = findNextIP(runs)
		if s.nextIPs == nil {
			s.nextIPs = make(map[bool]NextIP)
		}
		s.nextIPs[runs] = n
	}
	return n
}

// findNextIP returns the first ip on PATH that is neither a copy or version of this program
// nor a script that has been asked. A command that runs one of the user's goes to a script
// only if PATH has no program.
func findNextIP(runsCommand bool) NextIP {
	var self unix.Stat_t
	if unix.Stat(kernel.Self, &self) != nil {
		return NextIP{}
	}
	path, ok := tool.Getenv(kernel.Environ(), "PATH")
	if !ok {
		path = "/bin:/usr/bin:/sbin:/usr/sbin"
	}
	asked, _ := tool.Getenv(kernel.Environ(), AskedVariable)
	var found, script NextIP
	for _, dir := range strings.Split(path, ":") {
		if dir == "" {
			dir = "."
		}
		var st unix.Stat_t
		file := dir + "/ip"
		if unix.Stat(file, &st) != nil || st.Mode&unix.S_IFMT != unix.S_IFREG || unix.Access(file, unix.X_OK) != nil {
			continue
		}
		if st.Dev == self.Dev && st.Ino == self.Ino {
			continue
		}
		id := strconv.FormatUint(st.Dev, 16) + ":" + strconv.FormatUint(st.Ino, 10)
		switch sort := classify(file); {
		case sort == ownProgram, slices.Contains(strings.Fields(asked), id):
			found.Loops = true
		case sort == otherProgram:
			found.Path, found.Env = file, Environ()
			return found
		case script.Path == "":
			script = NextIP{Path: file, Script: true, Env: append(Environ(), AskedVariable+"="+strings.TrimSpace(asked+" "+id))}
			if !runsCommand {
				return script
			}
		}
	}
	if script.Path != "" {
		return script
	}
	return found
}

// runsCommand reports whether the words say "vrf exec". Besides "netns exec" only that becomes
// a command of the user.
func runsCommand(words []string) bool {
	for i := range len(words) - 1 {
		if iproute.Matches(words[i], "vrf") && iproute.Matches(words[i+1], "exec") {
			return true
		}
	}
	return false
}

// These are the kinds of files: of this project, other programs, and scripts.
const (
	ownProgram = iota
	otherProgram
	notProgram
)

// classify reads a file to classify it. A file that is too long or unreadable counts as a
// script.
func classify(file string) int {
	const longest = 64 << 20
	fd, err := unix.Open(file, unix.O_RDONLY|unix.O_CLOEXEC|unix.O_NONBLOCK, 0)
	if err != nil {
		return notProgram
	}
	f := os.NewFile(uintptr(fd), file)
	defer f.Close()
	const magic = "\x7fELF"
	head := make([]byte, len(magic))
	if _, err := io.ReadFull(f, head); err != nil || string(head) != magic {
		return notProgram
	}
	const size = 1 << 18
	text := make([]byte, 0, size+len(AskedVariable))
	for read := 0; read < longest; read += size {
		kept := copy(text[:cap(text)], text[max(0, len(text)-len(AskedVariable)):]) // the name may cross the edge of a block
		n, err := io.ReadFull(f, text[kept:kept+size])
		text = text[:kept+n]
		switch {
		case bytes.Contains(text, []byte(AskedVariable)):
			return ownProgram
		case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
			return otherProgram
		case err != nil:
			return notProgram
		}
	}
	return notProgram
}
