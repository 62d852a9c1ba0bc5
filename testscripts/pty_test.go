package testscripts

import (
	"crypto/sha256"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestPtyCarriesEveryByte sends 100 MB of random bytes through the caller's terminal and the
// command's, and back at the same time.
func TestPtyCarriesEveryByte(t *testing.T) {
	t.Parallel()
	const size = 100_000_000
	s := newPtyPair(t)
	// On raw terminals no byte is special.
	cmd := s.run("gounshare", "--pty", "sh", "-c", fmt.Sprintf("stty raw -echo; printf r; exec head -c %d", size))

	var ready [1]byte
	if _, err := io.ReadFull(s.master, ready[:]); err != nil || ready[0] != 'r' {
		t.Fatalf("the command began with %q, %v", ready, err)
	}
	sent, got := sha256.New(), sha256.New()
	go io.Copy(io.MultiWriter(s.master, sent), io.LimitReader(rand.NewChaCha8([32]byte{}), size))
	if n, err := io.Copy(got, io.LimitReader(s.master, size)); err != nil || n != size {
		t.Fatalf("%d bytes came back, %v; want %d", n, err, size)
	}
	if want, is := sent.Sum(nil), got.Sum(nil); string(is) != string(want) {
		t.Errorf("SHA-256 of what came back is %x; want %x", is, want)
	}
	if err := cmd.Wait(); err != nil {
		t.Error(err)
	}
}

// TestPtyExplainAgreesWithStrace looks for the calls of the three processes in the order in
// which --explain prints them.
func TestPtyExplainAgreesWithStrace(t *testing.T) {
	t.Parallel()
	for _, program := range []string{"strace", "script"} {
		if !onPath(program) {
			t.Skipf("no %s", program)
		}
	}
	file := filepath.Join(t.TempDir(), "trace")
	program := filepath.Join(box.bin, "gounshare")
	command := "strace -f -qq -o " + file + " " + program + " --pty /bin/true"
	if out, err := exec.Command("script", "-qec", command, "/dev/null").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	trace, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command(program, "--explain", "--pty", "/bin/true").Output()
	if err != nil {
		t.Fatal(err)
	}
	for _, calls := range [][]string{
		{"socketpair(", "recvmsg(", "TCSETS", "TIOCSWINSZ", "ppoll("},
		{"setsid(", "execve(\"/proc/self/exe\"", "/dev/pts/ptmx\"", "statx(", "TIOCSPTLCK", "TIOCGPTPEER", "sendmsg(", "TIOCSCTTY", "setpgid(", "TIOCSPGRP", "execve(\"/bin/true\""},
	} {
		for source, text := range map[string]string{"strace": string(trace), "--explain": string(out)} {
			for _, call := range calls {
				_, after, found := strings.Cut(text, call)
				if !found {
					t.Errorf("%s does not show %s after those before it in %q", source, call, calls)
					break
				}
				text = after
			}
		}
	}
}
