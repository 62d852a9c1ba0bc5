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

// A nextBatch is another ip that carries out lines of a batch, as "ip -batch -". When it reads
// a line, it has carried out the one before. Its standard input is a pipe of one page: poll(2)
// reports room in it when it is empty.
type nextBatch struct {
	cmd         *exec.Cmd
	in          int // our end of its standard input
	messages    int // our end of its standard error
	stderr      io.Writer
	lines       int    // lines that it got, as it counts them
	unforwarded string // messages that are not forwarded yet
	status      int    // exit status

	lineRead, ended, noMoreMessages bool // it has read the line; its process has ended; its standard error has ended
	failed, anyFailed               bool // the current line has failed; any line has failed
}

// startNext starts another ip with the options of this command line.
func (r *run) startNext(ip session.NextIP) (*nextBatch, error) {
	fail := func(err error) error { return iproute.Fail(`exec of "` + ip.Path + `" failed: ` + diag.Reason(err)) }
	var in, messages [2]int
	if err := unix.Pipe2(in[:], unix.O_CLOEXEC); err != nil {
		return nil, fail(err)
	}
	if err := unix.Pipe2(messages[:], unix.O_CLOEXEC); err != nil {
		unix.Close(in[0])
		unix.Close(in[1])
		return nil, fail(err)
	}
	theirIn, theirErr := os.NewFile(uintptr(in[0]), "in"), os.NewFile(uintptr(messages[1]), "err")
	defer theirIn.Close()
	defer theirErr.Close()
	b := &nextBatch{in: in[1], messages: messages[0], stderr: r.Stderr}
	err := onePage(b.in)
	if err == nil {
		err = unix.SetNonblock(b.messages, true)
	}
	if err == nil {
		b.cmd = withStandardFiles(ip.Path, append(append([]string{ip.Path}, r.Opt.Words...), "-batch", "-"), ip.Env)
		b.cmd.Stdin, b.cmd.Stderr = theirIn, theirErr
		// The child dies with this process, like ip with its command: "monitor" would run for
		// ever.
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

// onePage limits a pipe to one page, and makes writes to it nonblocking.
func onePage(fd int) error {
	if _, err := unix.FcntlInt(uintptr(fd), unix.F_SETPIPE_SZ, os.Getpagesize()); err != nil {
		return err
	}
	return unix.SetNonblock(fd, true)
}

// runLine passes on a line and returns its failure. tried is false if the other ip ended
// before it read the line. Then nothing was done, and its messages are dropped.
func (b *nextBatch) runLine(line string) (tried bool, err error) {
	b.lines++
	b.failed = false
	// The blank keeps a backslash at the end of a line from continuing it.
	if b.lineRead = b.write(strings.TrimSuffix(line, "\n") + " \n"); !b.lineRead {
		if b.lines == 1 {
			b.wait()
			return false, nil
		}
		return true, b.endedFailure() // and has lost what it had buffered
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

// endedFailure returns the failure of the line at which the other ip ended. Status 0 is
// success: "addr save" and "xfrm state" end ip(8) so.
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

// killedFailure returns the failure of all lines, given and to come.
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

// write writes text and waits until it has been read. It returns false if that became
// impossible.
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

// readMessages reads the messages that have arrived.
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

// forwardMessages forwards complete lines of messages, with all also the last one. It waits
// until the line has been read, for only then they are about it. It drops "Command failed
// -:N", which names the wrong file.
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

// end ends the other ip. It reports a status only if no line was reported as failed.
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
		b.cmd.Wait() // ProcessState has the result
		close(ended)
	}()
	const pause = 20 // ms: another process may keep the pipe open
	for over := false; !b.noMoreMessages && !over; {
		select {
		case <-ended:
			over = true
		default:
			unix.Poll([]unix.PollFd{{Fd: int32(b.messages), Events: unix.POLLIN}}, pause)
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

// runLineByNext has another ip carry out a line of a batch. Lines share one process, with
// three exceptions: an ip without batches, a script, which may read ahead, and a line that may
// read standard input.
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
