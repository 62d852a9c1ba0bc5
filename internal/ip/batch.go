package ip

import (
	"bufio"
	"errors"
	"io"
	"os"
	"strconv"
	"strings"

	"nstools/internal/diag"
	"nstools/internal/files"
	"nstools/internal/iproute"
)

// A batchState is the state that the lines of a batch share.
type batchState struct {
	line       string     // the current line, without its comment
	handedOver bool       // the line was handed to another ip
	next       *nextBatch // another ip that is still running; nil for none
	noBatch    bool       // the other ip knows no batches
	endErr     error      // why the other ip did not end as it should
	exitStatus int        // the exit status with which the other ip ended within the line; 0 if it did not
}

// endNext waits until another ip ends, since it may buffer its output.
func (b *batchState) endNext() {
	if b == nil || b.next == nil {
		return
	}
	b.endErr, b.next = b.next.end(), nil
}

// An orderedWriter writes after the output of another ip.
type orderedWriter struct {
	to io.Writer
	b  *batchState
}

func (w orderedWriter) Write(p []byte) (int, error) {
	w.b.endNext()
	return w.to.Write(p)
}

// batch carries out one command per line, until one fails or, with -force, to the end. Lines
// that another ip knows go to one process of it. It ends before a command of this program
// prints, or changes what it has cached of devices.
func (r *run) batch(file string) error {
	in := os.Stdin
	if file != "-" {
		f, err := files.Open(file)
		if err != nil {
			return iproute.Fail(`Cannot open file "` + file + `" for reading: ` + diag.Reason(err))
		}
		defer f.Close()
		in = f
	}
	r.InBatch, r.batched = true, new(batchState)
	stdout := r.Stdout
	r.Stdout = orderedWriter{stdout, r.batched}
	err := r.runLines(file, in)
	r.Stdout = stdout
	r.batched.endNext()
	if err == nil {
		err = r.batched.endErr
	}
	return err
}

func (r *run) runLines(file string, in io.Reader) error {
	failed := false
	lines := lineReader{in: bufio.NewReader(in)}
	yield := startLongLoop()
	for {
		yield()
		line, err := lines.next()
		if errors.Is(err, io.EOF) {
			break
		}
		if errors.Is(err, errContinued) {
			return err
		}
		if err != nil {
			return iproute.Fail("read failed: " + diag.Reason(err))
		}
		words, err := split(line)
		if err != nil {
			return err
		}
		if len(words) == 0 {
			continue
		}
		if err = r.runLine(line, words); err == nil {
			continue
		}
		if f := (*iproute.Failure)(nil); errors.As(err, &f) && f.Status == iproute.StatusUsage {
			return err // like ip, which exits when a word is not understood
		}
		if errors.Is(err, errKilled) {
			return err
		}
		r.Report(err)
		io.WriteString(r.Stderr, "Command failed "+file+":"+strconv.Itoa(lines.number)+"\n")
		failed = true
		if f := (*iproute.Failure)(nil); !r.Opt.Force || errors.As(err, &f) && f.Fatal {
			if r.batched.exitStatus != 0 { // here ip itself would exit
				return &iproute.Failure{Status: r.batched.exitStatus}
			}
			break
		}
	}
	if failed {
		return iproute.Fail("")
	}
	return nil
}

// runLine carries out one line. Another ip caches the names of devices, so it ends when a
// command of this program may have changed them.
func (r *run) runLine(line string, words []string) error {
	b := r.batched
	b.line, b.handedOver, b.exitStatus = line, false, 0
	err := r.command(words)
	if !b.handedOver && !lineKeepsDeviceNames(words[0]) {
		b.endNext()
	}
	if lost := b.endErr; lost != nil {
		b.endErr = nil
		return lost
	}
	return err
}

// lineKeepsDeviceNames reports whether no verb of the object changes a device's name or
// number.
func lineKeepsDeviceNames(word string) bool {
	for _, o := range objects() {
		if iproute.Matches(word, o.name) {
			return o.keepsDeviceNames
		}
	}
	return false
}

// A lineReader joins lines that end with a backslash, and counts them.
type lineReader struct {
	in     *bufio.Reader
	number int
}

// errContinued is the failure of a last line that ends with a backslash. ip prints the
// message, drops the line and exits with 0. A batch that is cut short has to fail.
var errContinued = iproute.Fail("Missing continuation line")

func (l *lineReader) next() (string, error) {
	var whole strings.Builder
	for joined := false; ; joined = true {
		line, err := l.in.ReadString('\n')
		if line == "" && err != nil {
			if joined && errors.Is(err, io.EOF) {
				return "", errContinued
			}
			return "", err
		}
		l.number++
		line, _, _ = strings.Cut(line, "#")
		head, more := strings.CutSuffix(line, "\\\n")
		whole.WriteString(head)
		if !more {
			return whole.String(), nil
		}
	}
}

// split splits a line into words. A word that begins with a quote ends at the next one.
func split(line string) ([]string, error) {
	const blank = " \t\r\n"
	var words []string
	for {
		line = strings.TrimLeft(line, blank)
		if line == "" {
			return words, nil
		}
		if q := line[0]; q == '"' || q == '\'' {
			word, rest, ok := strings.Cut(line[1:], string(q))
			if !ok {
				return nil, iproute.Fail("Unterminated quoted string")
			}
			words, line = append(words, word), rest
			continue
		}
		n := strings.IndexAny(line, blank)
		if n < 0 {
			n = len(line)
		}
		words, line = append(words, line[:n]), line[n:]
	}
}
