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

// batch carries out a command a line, until one fails or, with -force, to the end.
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
	r.inBatch = true
	failed := false
	lines := lineReader{in: bufio.NewReader(in)}
	breathe := startLongWork()
	for {
		breathe()
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
		if err = r.command(words); err == nil {
			continue
		}
		if f := (*iproute.Failure)(nil); errors.As(err, &f) && f.Status == iproute.StatusUsage {
			return err // ip leaves at once where a word is not understood
		}
		if errors.Is(err, errKilled) {
			return err
		}
		r.report(err)
		io.WriteString(r.stderr, "Command failed "+file+":"+strconv.Itoa(lines.number)+"\n")
		failed = true
		if f := (*iproute.Failure)(nil); !r.opt.force || errors.As(err, &f) && f.Last {
			break
		}
	}
	if failed {
		return iproute.Fail("")
	}
	return nil
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
