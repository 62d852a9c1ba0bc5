package diag

import (
	"bytes"
	"encoding/binary"
	"io/fs"
	"path"
	"slices"
	"strings"

	"golang.org/x/sys/unix"

	"nstools/internal/kernel"
)

func (h Host) stat(path string) (fs.FileInfo, error) {
	return fs.Stat(h.FS, rooted(path))
}

// rooted is a path in the form of package io/fs.
func rooted(path string) string {
	path = strings.Trim(path, "/")
	if path == "" {
		return "."
	}
	return path
}

// mapFile explains uid_map, gid_map and setgroups; see user_namespaces(7).
func (h Host) mapFile(f kernel.Failure) string {
	if f.Errno != unix.EPERM && f.Errno != unix.EACCES {
		return ""
	}
	if h.sysctl("kernel.apparmor_restrict_unprivileged_userns") == "1" && h.EUID != 0 {
		return "AppArmor gives unprivileged user namespaces no capabilities (kernel.apparmor_restrict_unprivileged_userns=1); an AppArmor profile with \"userns,\" for this program allows it"
	}
	return ""
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
	if !found {
		if f.Errno == unix.ENOENT && (arg(f, 1) == "shell" || slices.Contains(shells, name)) {
			return h.noShell(name, f.Alien)
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
			return path + " has no execute permission; chmod +x"
		}
	case unix.ENOEXEC:
		return path + " is no program for this processor, nor a script with #! in its first line"
	}
	return ""
}

var shells = []string{"sh", "ash", "bash", "dash", "fish", "ksh", "zsh"}

// noShell tells which shell there is instead, or how a place without one is entered.
func (h Host) noShell(name string, alien bool) string {
	for _, shell := range shells {
		if _, err := h.stat("/bin/" + shell); err == nil {
			return "there is no " + name + " in this root; /bin/" + shell + " is there, give it as the command"
		}
	}
	if alien {
		return "there is no shell in this root (no /bin/sh): give a program that is there, or bring the tools of the host with --tools"
	}
	return "there is no shell in this root (no /bin/sh): give a program that is there"
}

// find is the first file of the name, as execvp(3) would meet it.
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

// loader is the interpreter that a program or script asks for. The file is
// hostile: nothing of it is believed but a path to look at.
func (h Host) loader(path string) string {
	file, err := h.FS.Open(rooted(path))
	if err != nil {
		return ""
	}
	defer file.Close()
	head := make([]byte, 64<<10)
	n, _ := file.Read(head) // what could not be read is not looked at
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

// elfInterpreter is the path in the PT_INTERP segment, "" where there is none;
// see elf(5). Package debug/elf would do, at the price of a tenth of the
// program's size and of its start.
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

// printable refuses a path that could play with the terminal.
func printable(s string) string {
	for i := range len(s) {
		if s[i] < ' ' || s[i] > '~' {
			return ""
		}
	}
	return s
}
