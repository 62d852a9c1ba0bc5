package ip

import (
	"io"
	"math"
	"os"
	"time"

	"golang.org/x/sys/unix"
)

// kept is the output of a command in a file without a name. It comes through a pipe:
// a command that opens /dev/stderr once more would empty a file.
type kept struct {
	in, out *os.File // of the pipe
	file    *os.File
	copied  chan struct{}
}

func (k *kept) open() error {
	fd, err := unix.MemfdCreate("output", unix.MFD_CLOEXEC)
	if err != nil {
		return err
	}
	k.file = os.NewFile(uintptr(fd), "output")
	if k.out, k.in, err = os.Pipe(); err != nil {
		return err
	}
	k.copied = make(chan struct{})
	go func() {
		io.Copy(struct{ io.Writer }{k.file}, k.out)
		close(k.copied)
	}()
	return nil
}

// begun leaves the pipe's one end to the command.
func (k *kept) begun() {
	if k.in != nil {
		k.in.Close()
	}
}

// end takes what is in the pipe when the command has ended. What a process writes
// that it has left behind is lost: it might live for ever.
func (k *kept) end() {
	if k.out == nil {
		return
	}
	k.out.SetReadDeadline(time.Unix(1, 0))
	<-k.copied
	k.out.SetReadDeadline(time.Time{})
	if n, err := unix.IoctlGetInt(int(k.out.Fd()), unix.TIOCINQ); err == nil && n > 0 {
		io.CopyN(k.file, k.out, int64(n))
	}
	k.out.Close()
}

func (k *kept) replay(w io.Writer) error {
	_, err := io.Copy(w, io.NewSectionReader(k.file, 0, math.MaxInt64))
	return err
}

func (k *kept) drop() {
	if k.file != nil {
		k.file.Close()
	}
}
