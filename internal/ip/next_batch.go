package ip

import (
	"cmp"
	"errors"
	"io"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"syscall"

	"golang.org/x/sys/unix"

	"nstools/internal/diag"
	"nstools/internal/ip/session"
	"nstools/internal/iproute"
	"nstools/internal/kernel"
)

// A nextBatch is another ip that carries out lines of a batch, as "ip -batch -" does. It
// has carried one out when it reads the next. That shows, for what it reads is a pipe that
// holds one page: poll(2) tells that there is room in it when nothing is left in it.
type nextBatch struct {
	cmd         *exec.Cmd
	in          int // end of the pipe that we write
	messages    int // end of the pipe that its messages come through
	stderr      io.Writer
	lines       int    // that it has been given, which it counts
	unforwarded string // messages that have not been passed on
	status      int    // at its end

	lineRead, ended, noMoreMessages bool // it has read what it was given; there is no process any more; no message will come
	failed, anyFailed               bool // the line has failed; one had
}

// startNext starts another ip with the options that we were given.
func (r *run) startNext(ip session.NextIP) (*nextBatch, error) {
	fail := func(err error) error { return iproute.Fail(`exec of "` + ip.Path + `" failed: ` + diag.Reason(err)) }
	var in, said [2]int
	if err := unix.Pipe2(in[:], unix.O_CLOEXEC); err != nil {
		return nil, fail(err)
	}
	if err := unix.Pipe2(said[:], unix.O_CLOEXEC); err != nil {
		unix.Close(in[0])
		unix.Close(in[1])
		return nil, fail(err)
	}
	theirIn, theirErr := os.NewFile(uintptr(in[0]), "in"), os.NewFile(uintptr(said[1]), "err")
	defer theirIn.Close()
	defer theirErr.Close()
	b := &nextBatch{in: in[1], messages: said[0], stderr: r.Stderr}
	err := onePage(b.in)
	if err == nil {
		err = unix.SetNonblock(b.messages, true)
	}
	if err == nil {
		b.cmd = withStandardFiles(ip.Path, append(append([]string{ip.Path}, r.Opt.Words...), "-batch", "-"), ip.Env)
		b.cmd.Stdin, b.cmd.Stderr = theirIn, theirErr
		// ip itself is killed with what it is at: "monitor" would go on for ever.
		b.cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: unix.SIGKILL}
		err = kernel.Start(b.cmd)
	}
	if err != nil {
		unix.Close(b.in)
		unix.Close(b.messages)
		return nil, fail(err)
	}
	return b, nil
}

// onePage makes a pipe hold one page, and writes to it not wait.
func onePage(fd int) error {
	if _, err := unix.FcntlInt(uintptr(fd), unix.F_SETPIPE_SZ, os.Getpagesize()); err != nil {
		return err
	}
	return unix.SetNonblock(fd, true)
}

// carryOut has a line carried out and returns its failure. known is false where the other
// ip has ended without reading the line: then it has done nothing, and nothing of what it
// said is passed on.
func (b *nextBatch) runLine(line string) (tried bool, err error) {
	b.lines++
	b.failed = false
	// The blank keeps a line that ends in a backslash from going on.
	if b.lineRead = b.write(strings.TrimSuffix(line, "\n") + " \n"); !b.lineRead {
		if b.lines == 1 {
			b.wait()
			return false, nil
		}
		return true, b.endedFailure() // and took with it what it had kept
	}
	if !b.write("\n") {
		return true, b.endedFailure()
	}
	b.readMessages()
	b.forwardMessages(true)
	b.lines++
	if b.failed {
		b.anyFailed = true
		return true, iproute.Fail("")
	}
	return true, nil
}

// over is the failure of a line at which it has ended. With 0 it has carried the line out,
// as "addr save" and "xfrm state" end ip(8).
func (b *nextBatch) endedFailure() error {
	b.ended = true
	switch b.wait(); {
	case b.status < 0:
		return b.killedFailure()
	case b.status == 0:
		return nil
	}
	return &iproute.Failure{Status: b.status}
}

// killed is the failure of all that it had been given and of all that follows.
func (b *nextBatch) killedFailure() error {
	f := iproute.Fail(b.cmd.Path + " was killed")
	if b.cmd.ProcessState != nil {
		if status, ok := b.cmd.ProcessState.Sys().(syscall.WaitStatus); ok && status.Signaled() {
			f.Text += " by " + cmp.Or(unix.SignalName(status.Signal()), "signal "+strconv.Itoa(int(status.Signal())))
		}
	}
	f.Fatal = true
	return f
}

// feed writes text and waits until it has been read; false if that cannot be any more.
func (b *nextBatch) write(text string) bool {
	for {
		fds := []unix.PollFd{{Fd: int32(b.in), Events: unix.POLLOUT}, {Fd: int32(b.messages), Events: unix.POLLIN}}
		if b.noMoreMessages {
			fds = fds[:1]
		}
		if _, err := unix.Poll(fds, -1); err != nil {
			if errors.Is(err, unix.EINTR) {
				continue
			}
			return false
		}
		if len(fds) > 1 && fds[1].Revents != 0 {
			b.readMessages()
			b.forwardMessages(false)
		}
		room, alone := fds[0].Revents&unix.POLLOUT != 0, fds[0].Revents&unix.POLLERR != 0
		switch {
		case text == "" && room:
			return true
		case alone:
			return false
		case !room:
			continue
		}
		n, err := unix.Write(b.in, []byte(text))
		if err != nil && !errors.Is(err, unix.EAGAIN) && !errors.Is(err, unix.EINTR) {
			return false
		}
		text = text[max(n, 0):]
	}
}

// hear takes what there is of messages.
func (b *nextBatch) readMessages() {
	buf := make([]byte, 4096)
	for !b.noMoreMessages {
		n, err := unix.Read(b.messages, buf)
		switch {
		case errors.Is(err, unix.EINTR):
		case errors.Is(err, unix.EAGAIN):
			return
		case err != nil || n == 0:
			b.noMoreMessages = true
		default:
			b.unforwarded += string(buf[:n])
		}
	}
}

// pass passes lines of messages on, with all also one that has not ended, once it is known
// that they are about our lines. Where a line was that failed, we say: of another file than
// standard input the other ip does not know.
func (b *nextBatch) forwardMessages(all bool) {
	if !b.lineRead {
		return
	}
	where := "Command failed -:" + strconv.Itoa(b.lines) + "\n"
	for b.unforwarded != "" {
		line, rest, ended := strings.Cut(b.unforwarded, "\n")
		switch {
		case ended:
			line += "\n"
		case !all:
			return
		}
		b.unforwarded = rest
		if text, failed := strings.CutSuffix(line, where); failed {
			b.failed, line = true, text
		}
		io.WriteString(b.stderr, line)
	}
}

// end lets it end. Lines that failed have been told of.
func (b *nextBatch) end() error {
	switch b.wait(); {
	case b.status < 0:
		return b.killedFailure()
	case b.status > 0 && !b.anyFailed:
		return &iproute.Failure{Status: b.status}
	}
	return nil
}

// wait waits for its end and returns the exit status, -1 after a signal.
func (b *nextBatch) wait() int {
	unix.Close(b.in)
	ended := make(chan struct{})
	go func() {
		b.cmd.Wait() // of which the state tells
		close(ended)
	}()
	const often = 20 // ms: somebody else may keep the pipe open
	for over := false; !b.noMoreMessages && !over; {
		select {
		case <-ended:
			over = true
		default:
			unix.Poll([]unix.PollFd{{Fd: int32(b.messages), Events: unix.POLLIN}}, often)
		}
		b.readMessages()
		b.forwardMessages(false)
	}
	<-ended
	b.forwardMessages(true)
	unix.Close(b.messages)
	b.status = b.cmd.ProcessState.ExitCode()
	return b.status
}

// handedLine has another ip carry out a line of a batch: in one process with those before
// it, unless that ip knows no batches, or is a script, of which nobody can tell when it has
// carried a line out, or the line may read what is our standard input.
func (r *run) runLineByNext(ip session.NextIP, words []string) error {
	b := r.batched
	b.handedOver = true
	if !b.noBatch && !ip.Script && !iproute.Matches(words[0], "vrf") {
		if b.next == nil {
			next, err := r.startNext(ip)
			if err != nil {
				return err
			}
			b.next = next
		}
		tried, err := b.next.runLine(b.line)
		if !tried || b.next.ended {
			b.exitStatus = max(b.next.status, 0)
			b.next = nil
		}
		if tried {
			return err
		}
		b.noBatch = true
	}
	status, err := r.runProgram(withStandardFiles(ip.Path, append(append([]string{ip.Path}, r.Opt.Words...), words...), ip.Env))
	switch {
	case err != nil:
		return iproute.Fail(`exec of "` + ip.Path + `" failed: ` + diag.Reason(err))
	case status != 0:
		return &iproute.Failure{Status: status}
	}
	return nil
}
