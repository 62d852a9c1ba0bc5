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

// A Next is another ip on PATH, which may know more than we do.
type NextIP struct {
	Path   string // "" for none
	Env    []string
	Script bool // it may read a batch in whatever portions
	Loops  bool // there are others that would lead back to us
}

// AskedName is the environment variable with the scripts named ip that have been asked.
// Such a script may call us, who would ask it again, for ever. It is set for scripts
// alone: a program finds no use for it, and may run a command of the user's. As it is
// in every program of ours, and in no other, it tells these, too.
const AskedVariable = "NSTOOLS_IP_ASKED"

// Environ is our environment as the user's commands get it: without AskedName.
func Environ() []string {
	return slices.DeleteFunc(slices.Clone(kernel.Environ()), func(s string) bool { return strings.HasPrefix(s, AskedVariable+"=") })
}

// NextFor is nextIP, looked for once.
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

// nextIP is the first ip on PATH that is not this program, nor another copy or version of
// it, nor a script that has been asked. What runs a command of the user's goes to a script
// only if there is no program.
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

// runsCommand tells whether words of a command line are those of "vrf exec", the only
// command besides "netns exec" that becomes one of the user's.
func runsCommand(words []string) bool {
	for i := range len(words) - 1 {
		if iproute.Matches(words[i], "vrf") && iproute.Matches(words[i+1], "exec") {
			return true
		}
	}
	return false
}

// The sorts of files: of our own making, other programs, and what may lead anywhere.
const (
	ownProgram = iota
	otherProgram
	notProgram
)

// sortOf looks into a file, as far as that may be read. What is too long is as good as
// not read.
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
		kept := copy(text[:cap(text)], text[max(0, len(text)-len(AskedVariable)):]) // a name may stand across the edge
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
