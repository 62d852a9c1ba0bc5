package ip

import (
	"io"
	"os"
	"sync"
	"time"

	"golang.org/x/sys/unix"
)

// An outputBuffer holds what one command prints on one descriptor, until its turn comes. A
// pipe carries the output: a command that opens /dev/stderr again would truncate a file.
//
// Memory is independent of full disks and of limits on files, and is limited itself. At the
// limit the pipe fills up, and the command waits, as for any slow reader. When its turn comes,
// the buffer is written, and the rest is copied through. Nothing is lost, and no command waits
// for ever: the one whose turn it is waits for no other.
type outputBuffer struct {
	in, out   *os.File // ends of the pipe
	budget    *outputBudget
	chunks    [][]byte      // the buffered output
	size      int           // in bytes
	shared    int           // bytes taken from the shared budget
	full      chan struct{} // closed when the buffer can take no more
	streaming bool          // output is copied to the writer of show
	sink      chan io.Writer
	exited    chan struct{} // closed when the command has ended
	drained   chan struct{} // closed when copy has returned
	err       error         // of the writer
}

// These limit what is buffered, in bytes: for each command, for all commands beyond that, and
// for one read.
const (
	ownBytes    = 16 << 10
	sharedBytes = 64 << 20
	chunkSize   = 32 << 10
)

// An outputBudget is how much more all commands together may buffer.
type outputBudget struct {
	mu   sync.Mutex
	left int
}

func (r *outputBudget) take(n int) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.left < n {
		return false
	}
	r.left -= n
	return true
}

func (r *outputBudget) give(n int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.left += n
}

// open makes the pipe, and starts to read it until [outputBuffer.finish].
func (k *outputBuffer) open(r *outputBudget) error {
	var err error
	if k.out, k.in, err = os.Pipe(); err != nil {
		return err
	}
	k.budget = r
	k.full, k.exited, k.drained = make(chan struct{}), make(chan struct{}), make(chan struct{})
	k.sink = make(chan io.Writer, 1)
	go k.copy()
	return nil
}

// copy reads until the pipe ends, or finish ends it.
func (k *outputBuffer) copy() {
	defer close(k.drained)
	b := make([]byte, chunkSize)
	for {
		n := k.readable()
		if n == 0 {
			break
		}
		n, err := k.out.Read(b[:n])
		k.add(b[:n])
		if err != nil {
			return
		}
	}
	close(k.full)
	select {
	case w := <-k.sink:
		k.streaming = true
		k.stream(w, b)
	case <-k.exited:
	}
}

// add buffers what has been read. The first chunk grows as a slice does, later ones are
// allocated whole: a growing slice exists twice, and its old array stays until it is
// collected.
func (k *outputBuffer) add(b []byte) {
	for len(b) > 0 {
		room := 0
		last := len(k.chunks) - 1
		switch {
		case last == 0:
			room = ownBytes - k.size
		case last > 0:
			room = cap(k.chunks[last]) - len(k.chunks[last])
		}
		switch {
		case last < 0:
			k.chunks = append(k.chunks, nil)
			continue
		case room == 0:
			k.chunks = append(k.chunks, make([]byte, 0, chunkSize))
			continue
		}
		n := min(room, len(b))
		k.chunks[last] = append(k.chunks[last], b[:n]...)
		k.size, b = k.size+n, b[n:]
	}
}

// readable returns how much may be read now, at most a chunk; 0 if the buffer is full.
func (k *outputBuffer) readable() int {
	if k.size == ownBytes+k.shared {
		if !k.budget.take(chunkSize) {
			return 0
		}
		k.shared += chunkSize
	}
	return min(ownBytes+k.shared-k.size, chunkSize)
}

// stream writes the buffer, and then all further output. It keeps reading if a write fails, so
// that the command does not wait for ever.
func (k *outputBuffer) stream(w io.Writer, b []byte) {
	k.replay(w)
	for {
		n, err := k.out.Read(b)
		k.write(w, b[:n])
		if err != nil {
			k.sink <- w // for finish
			return
		}
	}
}

func (k *outputBuffer) write(w io.Writer, b []byte) {
	if len(b) > 0 && k.err == nil {
		_, k.err = w.Write(b)
	}
}

// closeInput closes the command's end of the pipe.
func (k *outputBuffer) closeInput() {
	if k.in != nil {
		k.in.Close()
	}
}

// finish reads the rest of the pipe when the command has ended. Output of processes that it
// left behind is lost: they might live for ever.
func (k *outputBuffer) finish() {
	if k.out == nil {
		return
	}
	k.out.SetReadDeadline(time.Unix(1, 0))
	close(k.exited)
	<-k.drained
	k.out.SetReadDeadline(time.Time{})
	if n, err := unix.IoctlGetInt(int(k.out.Fd()), unix.TIOCINQ); err == nil && n > 0 {
		b := make([]byte, n)
		n, _ = io.ReadFull(k.out, b)
		if k.streaming {
			k.write(<-k.sink, b[:n])
		} else {
			k.add(b[:n])
		}
	}
	k.out.Close()
}

// replay writes the buffer and empties it. The error is the writer's, also an earlier one.
func (k *outputBuffer) replay(w io.Writer) error {
	for _, b := range k.chunks {
		k.write(w, b)
	}
	k.release()
	return k.err
}

// release returns the memory to the budget.
func (k *outputBuffer) release() {
	if k.budget != nil {
		k.budget.give(k.shared)
	}
	k.chunks, k.size, k.shared = nil, 0, 0
}
