package hint

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io/fs"
	"path"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"

	"nstools/internal/idmap"
	"nstools/internal/kernel"
	"nstools/internal/plan"
)

func (h Host) stat(path string) (fs.FileInfo, error) {
	return fs.Stat(h.files(path), rooted(path))
}

// rooted returns a path in the form of package io/fs.
func rooted(path string) string {
	path = strings.Trim(path, "/")
	if path == "" {
		return "."
	}
	return path
}

// notOpened explains a file of /proc that is to be written.
func (h Host) notOpened(f kernel.Failure) string {
	if path := arg(f, 1); f.Errno == unix.ENOENT && strings.HasPrefix(path, "/proc/") && !entered(f) {
		if _, err := fs.Stat(h.FS, "proc/self"); errors.Is(err, fs.ErrNotExist) {
			return "proc is not mounted on /proc in this root; have it mounted where the root is changed (--mount-proc beside --root or --pivot-root)"
		}
	}
	return ""
}

// written explains a write to one of the files that describe a new namespace.
func (h Host) written(f kernel.Failure) string {
	data := arg(f, 1)
	switch f.Option {
	case "--boottime", "--monotonic":
		return h.offset(f, data)
	}
	if strings.Contains(f.Option, "--map-") && f.Errno == unix.EPERM {
		return h.mapRefused(f.Option, idmap.Parse(data))
	}
	return ""
}

// offset explains a write to timens_offsets. The data is CLOCK SECONDS NANOSECONDS, and an
// offset is relative to the clock of the machine. See: time_namespaces(7).
func (h Host) offset(f kernel.Failure, data string) string {
	if f.Errno == unix.EPERM {
		return h.capability(f, unix.CAP_SYS_TIME, "CAP_SYS_TIME")
	}
	clock, _, _ := strings.Cut(data, " ")
	number, err := strconv.Atoi(clock)
	if f.Errno != unix.ERANGE || err != nil || h.Clock == nil {
		return ""
	}
	now, ok := h.Clock(h, number)
	if !ok {
		return ""
	}
	const day = 86400                  // the clock goes on until the user types the number
	const most = int64(9223372036 / 2) // KTIME_SEC_MAX, see proc_timens_set_offset() in kernel/time/namespace.c
	return "the clock is at " + strconv.FormatInt(now, 10) + " s, and the offset may take it neither below 0 nor above " + strconv.FormatInt(most, 10) +
		": " + f.Option + " from " + strconv.FormatInt(-now, 10) + " to " + strconv.FormatInt(most-now-day, 10)
}

// mapRefused explains a write to uid_map or gid_map. The writer is the process that made the
// namespace, or a helper that has stayed outside. See: user_namespaces(7).
func (h Host) mapRefused(option string, m idmap.Map) string {
	own, ok := h.read("/proc/self/uid_map")
	if !ok {
		return ""
	}
	if strings.TrimSpace(own) == "" { // from inside
		_, root := m.Inner(0)
		switch restricted := h.restricted(); {
		case restricted != "" && root:
			return "" // one of two causes
		case restricted != "":
			return restricted
		case root && !h.before(5, 12):
			return lacksSetfcap
		}
		return ""
	}
	kind, n := "uid", uint(unix.CAP_SETUID)
	if strings.Contains(option, "--map-group") {
		kind, n = "gid", unix.CAP_SETGID
	}
	text, ok := h.read("/proc/self/" + kind + "_map")
	if !ok || h.EUID != 0 {
		return ""
	}
	for _, r := range m {
		if !within(text, r) {
			return kind + "s " + strconv.FormatUint(uint64(r.Outer), 10) + " to " + strconv.FormatUint(uint64(r.Outer)+uint64(r.Count)-1, 10) +
				" are not all mapped in the user namespace that you are in (/proc/self/" + kind + "_map)"
		}
	}
	if has, known := h.hasCap(n); known && !has {
		return "root lacks CAP_" + strings.ToUpper("set"+kind) + " here, which it takes to map ids other than its own"
	}
	if _, root := m.Inner(0); kind == "uid" && root {
		return h.withoutSetfcap()
	}
	return ""
}

// within reports whether one line of uid_map or gid_map maps all outer ids of a range, as
// the kernel requires.
func within(text string, r idmap.Range) bool {
	for _, e := range idmap.Identity(text) {
		if r.Outer >= e.Outer && uint64(r.Outer)+uint64(r.Count) <= uint64(e.Outer)+uint64(e.Count) {
			return true
		}
	}
	return false
}

// execve explains the command that could not be run.
func (h Host) execve(f kernel.Failure) string {
	name := arg(f, 0)
	if name == "newuidmap" || name == "newgidmap" {
		if f.Errno == unix.ENOENT {
			return "ranges of ids are mapped by " + name + "; install it (Debian: apt install uidmap)"
		}
		return ""
	}
	path, found := h.find(name)
	if base := name[strings.LastIndexByte(name, '/')+1:]; !found {
		switch {
		case f.Errno != unix.ENOENT:
		case f.Why == plan.WhyPID:
			return TwoNumbers(name)
		case f.Why == plan.WhyNoCommand || slices.Contains(shells, base):
			return h.noShell(name, entered(f))
		case entered(f) && h.shell() == "":
			return "there is no " + name + " in this root, nor a shell: give a program that is there, or bring the tools of the host with --tools"
		}
		if f.Errno == unix.ENOENT {
			return h.noProgram(name, entered(f))
		}
		return ""
	}
	switch f.Errno {
	case unix.ENOENT:
		if loader := h.loader(path); loader != "" {
			if _, err := h.stat(loader); err != nil {
				return path + " is there, but what has to load it, " + loader + ", is missing in this root"
			}
		}
	case unix.EACCES:
		info, err := h.stat(path)
		switch {
		case err != nil:
		case info.IsDir():
			return path + " is a directory"
		case info.Mode()&0o111 == 0:
			if !isCommand(path) {
				return path + " has no execute permission; chmod +x"
			}
			return path + " has no execute permission: chmod +x " + path
		}
	case unix.ENOEXEC:
		return path + " is no program for this processor, nor a script with #! in its first line"
	}
	return ""
}

var shells = []string{"sh", "ash", "bash", "dash", "fish", "ksh", "zsh"}

// TwoNumbers returns the hint where the number of a process stands in place of the command.
func TwoNumbers(second string) string {
	return second + " is the number of a process: --target takes one, and two were given, as pidof(1) and pgrep(1) print them; leave out " + second
}

// shell returns the path of a shell that exists, "" without one.
func (h Host) shell() string {
	for _, dir := range []string{"/bin/", "/usr/bin/", "/busybox/"} {
		for _, shell := range shells {
			if _, err := h.stat(dir + shell); err == nil {
				return dir + shell
			}
		}
	}
	return ""
}

// noShell returns the hint for a shell that is missing: another shell that exists, or how to
// enter a root without one.
func (h Host) noShell(name string, entered bool) string {
	if shell := h.shell(); shell != "" {
		return "there is no " + name + " in this root; " + shell + " is there, give it as the command"
	}
	if entered {
		return "there is no shell in this root (no /bin/sh): give a program that is there, or bring the tools of the host with --tools"
	}
	return "there is no shell in this root (no /bin/sh): give a program that is there"
}

// find returns the first file of the name in the order of execvp(3).
func (h Host) find(name string) (string, bool) {
	if name == "" {
		return "", false
	}
	if strings.Contains(name, "/") {
		_, err := h.stat(h.absolute(name))
		return h.absolute(name), err == nil
	}
	for _, dir := range strings.Split(h.Path, ":") {
		if !strings.HasPrefix(dir, "/") {
			continue
		}
		file := path.Join(dir, name)
		if _, err := h.stat(file); err == nil {
			return file, true
		}
	}
	return "", false
}

// loader returns the interpreter that a program or script asks for, "" without one. The file
// may be hostile: only the path of its interpreter is used, and only to look at it.
func (h Host) loader(path string) string {
	file, err := h.FS.Open(rooted(path))
	if err != nil {
		return ""
	}
	defer file.Close()
	head := make([]byte, 64<<10)
	n, _ := file.Read(head) // after an error there are fewer bytes to look at
	head = head[:n]
	if script, ok := bytes.CutPrefix(head, []byte("#!")); ok {
		line, _, _ := bytes.Cut(script, []byte("\n"))
		words := strings.Fields(string(line))
		if len(words) == 0 {
			return ""
		}
		return printable(words[0])
	}
	return printable(elfInterpreter(head))
}

// elfInterpreter returns the path in the PT_INTERP segment, "" without one. Package debug/elf
// would add a tenth to the program's size and to its start. See: elf(5).
func elfInterpreter(head []byte) string {
	const ptInterp = 3
	if len(head) < 64 || string(head[:4]) != "\x7fELF" || head[4] != 2 || head[5] != 1 { // 64 bits, little-endian
		return ""
	}
	le := binary.LittleEndian
	at, size, count := le.Uint64(head[32:]), uint64(le.Uint16(head[54:])), uint64(le.Uint16(head[56:]))
	for ; count > 0 && size >= 56 && at <= uint64(len(head))-56; count-- {
		program := head[at:]
		offset, length := le.Uint64(program[8:]), le.Uint64(program[32:])
		if le.Uint32(program) == ptInterp && offset <= uint64(len(head)) && length <= uint64(len(head))-offset {
			return string(bytes.TrimRight(head[offset:offset+length], "\x00"))
		}
		at += size
	}
	return ""
}

// printable returns a path, or "" for one with bytes that could control the terminal.
func printable(s string) string {
	for i := range len(s) {
		if s[i] < ' ' || s[i] > '~' {
			return ""
		}
	}
	return s
}
