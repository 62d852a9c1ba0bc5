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

// A batched is what lines of a batch have in common.
type batchState struct {
	line       string     // the one that is being carried out, without a comment
	handedOver bool       // it was handed to another ip
	next       *nextBatch // which has been left running; nil for none
	noBatch    bool       // it knows no batches
	endErr     error      // it could not end as it should
	exitStatus int        // the exit status with which it ended in the midst of a line; 0 if it did not
}

// endNext waits for the end of another ip, which may have kept back what it prints.
func (b *batchState) endNext() {
	if b == nil || b.next == nil {
		return
	}
	b.endErr, b.next = b.next.end(), nil
}

// A lateWriter writes behind what another ip has been told to print.
type orderedWriter struct {
	to io.Writer
	b  *batchState
}

func (w orderedWriter) Write(p []byte) (int, error) {
	w.b.endNext()
	return w.to.Write(p)
}

// batch carries out a command a line, until one fails or, with -force, to the end. Lines
// that are another ip's are its in one process, as long as none of ours between them
// prints, or changes what it has kept of devices.
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
			return err // ip leaves at once where a word is not understood
		}
		if errors.Is(err, errKilled) {
			return err
		}
		r.Report(err)
		io.WriteString(r.Stderr, "Command failed "+file+":"+strconv.Itoa(lines.number)+"\n")
		failed = true
		if f := (*iproute.Failure)(nil); !r.Opt.Force || errors.As(err, &f) && f.Fatal {
			if r.batched.exitStatus != 0 { // there ip itself ends
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

// commandOfBatch carries one line out. The other ip keeps what devices are called: where we
// may have changed that, it has to end.
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

// keepsDevices tells of an object whether no verb of it changes a device's name or number.
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

// errContinued is for a last line that ends with a backslash. ip says this, leaves
// the line out and ends with status 0; a batch that is cut short has to fail.
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

// split parts a line into words. One that begins with a quote ends at the next.
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
