package ip

import (
	"io"
	"os"
	"sync"
	"time"

	"golang.org/x/sys/unix"
)

// kept is what one command prints on one descriptor, until it may be shown. It comes
// through a pipe: a command that opens /dev/stderr once more would empty a file.
//
// It is kept in memory, for which there is a limit and which no full disk and no limit
// on files is in the way of. Where the limit is reached the pipe fills up, and the
// command waits, as in front of any reader who is slow, until it may be shown: then what
// was kept is written, and all else passes through. So nothing is lost, and nobody
// waits for ever: the command whose turn it is never waits for another.
type outputBuffer struct {
	in, out   *os.File // of the pipe
	budget    *outputBudget
	chunks    [][]byte      // what is kept
	size      int           // of it, in bytes
	shared    int           // of the room that all share
	full      chan struct{} // closed when no more can be kept
	streaming bool          // what comes is written to the writer that show was given
	sink      chan io.Writer
	exited    chan struct{} // closed when the command has ended
	drained   chan struct{} // closed when the copier has
	err       error         // of the writer
}

// What may be kept at a time, in bytes: by every command without asking, by all
// commands together beyond that, and the most that is read at once.
const (
	ownBytes    = 16 << 10
	sharedBytes = 64 << 20
	chunkSize   = 32 << 10
)

// room is what may still be kept, by all commands together.
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

// open makes the pipe, and a reader of it who ends with [kept.end].
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

// copy reads until the pipe ends, or end says so.
func (k *outputBuffer) copy() {
	defer close(k.drained)
	b := make([]byte, chunkSize)
	for {
		n := k.readable()
		if n == 0 {
			break
		}
		n, err := k.out.Read(b[:n])
		k.append(b[:n])
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

// keep keeps what has been read. A little of it grows as a slice does, more comes in chunks:
// a slice that grows is there twice, and what was given up stays until it is collected.
func (k *outputBuffer) append(b []byte) {
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

// space is how much may be read now, at most a chunk; 0 for nothing any more.
func (k *outputBuffer) readable() int {
	if k.size == ownBytes+k.shared {
		if !k.budget.take(chunkSize) {
			return 0
		}
		k.shared += chunkSize
	}
	return min(ownBytes+k.shared-k.size, chunkSize)
}

// pass writes what is kept, and then whatever comes. Where that fails, it is still read:
// nobody is to wait for ever.
func (k *outputBuffer) stream(w io.Writer, b []byte) {
	k.replay(w)
	for {
		n, err := k.out.Read(b)
		k.write(w, b[:n])
		if err != nil {
			k.sink <- w // for what end finds
			return
		}
	}
}

func (k *outputBuffer) write(w io.Writer, b []byte) {
	if len(b) > 0 && k.err == nil {
		_, k.err = w.Write(b)
	}
}

// begun leaves the pipe's one end to the command.
func (k *outputBuffer) closeInput() {
	if k.in != nil {
		k.in.Close()
	}
}

// end takes what is in the pipe when the command has ended. What a process writes
// that it has left behind is lost: it might live for ever.
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
			k.append(b[:n])
		}
	}
	k.out.Close()
}

// replay writes what is kept, which is nothing then. The error is the writer's, also
// where that had it before.
func (k *outputBuffer) replay(w io.Writer) error {
	for _, b := range k.chunks {
		k.write(w, b)
	}
	k.release()
	return k.err
}

// drop gives the room back.
func (k *outputBuffer) release() {
	if k.budget != nil {
		k.budget.give(k.shared)
	}
	k.chunks, k.size, k.shared = nil, 0, 0
}
