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
	"syscall"
	"testing"

	"github.com/containerd/console"
)

// TestPtyCarriesEveryByte sends 100 MB of every byte there is through the caller's
// terminal and the command's, and back at the same time.
func TestPtyCarriesEveryByte(t *testing.T) {
	const size = 100_000_000
	terminal, path, err := console.NewPty()
	if err != nil {
		t.Fatal(err)
	}
	defer terminal.Close()
	end, err := os.OpenFile(path, os.O_RDWR|syscall.O_NOCTTY, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer end.Close()
	// Between raw terminals there is nothing that a byte could mean.
	cmd := exec.Command(filepath.Join(box.bin, "gounshare"), "--pty", "sh", "-c", fmt.Sprintf("stty raw -echo; printf r; exec head -c %d", size))
	cmd.Stdin, cmd.Stdout, cmd.Stderr = end, end, end
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Setctty: true}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	defer cmd.Process.Kill()

	var ready [1]byte
	if _, err := io.ReadFull(terminal, ready[:]); err != nil || ready[0] != 'r' {
		t.Fatalf("the command began with %q, %v", ready, err)
	}
	sent, got := sha256.New(), sha256.New()
	go io.Copy(io.MultiWriter(terminal, sent), io.LimitReader(rand.NewChaCha8([32]byte{}), size))
	if n, err := io.Copy(got, io.LimitReader(terminal, size)); err != nil || n != size {
		t.Fatalf("%d bytes came back, %v; want %d", n, err, size)
	}
	if s, g := sent.Sum(nil), got.Sum(nil); string(s) != string(g) {
		t.Errorf("SHA-256 of what came back is %x; want %x", g, s)
	}
	if err := cmd.Wait(); err != nil {
		t.Error(err)
	}
}

// TestPtyExplainAgreesWithStrace looks for the calls of the three processes, in the
// order in which --explain announces them.
func TestPtyExplainAgreesWithStrace(t *testing.T) {
	for _, program := range []string{"strace", "script"} {
		if !onPath(program) {
			t.Skipf("no %s", program)
		}
	}
	file := filepath.Join(t.TempDir(), "trace")
	ours := filepath.Join(box.bin, "gounshare")
	command := "strace -f -qq -o " + file + " " + ours + " --pty /bin/true"
	if out, err := exec.Command("script", "-qec", command, "/dev/null").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	trace, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command(ours, "--explain", "--pty", "/bin/true").Output()
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
