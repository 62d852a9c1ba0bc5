package unshare

import (
	"errors"
	"io"
	"strconv"

	"golang.org/x/sys/unix"

	"nstools/internal/diag"
	"nstools/internal/facts"
	"nstools/internal/kernel"
	"nstools/internal/opt"
)

// Compatible is the version of util-linux whose options and order this is.
const Compatible = "2.42"

// Main is gounshare: it parses, compiles, and explains or runs. It returns the
// exit status where there was nothing to run.
func Main(argv []string, stdout, stderr io.Writer) int {
	name := diag.Name(argv)
	if kernel.Privileged() {
		return diag.Print(stderr, name, failure("refusing to run with the privileges of a set-user-ID, set-group-ID or file capability program"))
	}
	if f, ok := kernel.Failed(argv); ok {
		return diag.PrintHint(stderr, f)
	}
	o, err := Parse(argv)
	if usage := (*opt.UsageError)(nil); errors.As(err, &usage) {
		return diag.PrintUsage(stderr, argv, err)
	}
	if err == nil {
		err = do(o, name, stdout)
	}
	if err != nil {
		return diag.Print(stderr, name, err)
	}
	return 0
}

func do(o *Options, name string, stdout io.Writer) error {
	if o.Answer != AnswerNone {
		text, err := o.answerText(name)
		if err != nil {
			return err
		}
		return print(stdout, text)
	}
	f := facts.Snapshot{Ids: facts.Current(), PID: kernel.PID(), Env: kernel.Environ()}
	f.Self = strconv.Itoa(f.PID)
	if o.Explain != "" {
		f.Self = "PID"
	}
	f.Read(o.Needs())
	p, err := Compile(o, &f)
	switch {
	case err != nil:
		return err
	case o.Explain == "json":
		return print(stdout, p.JSON())
	case o.Explain != "":
		return print(stdout, p.Text())
	}
	return kernel.Run(p, kernel.Reporter{Name: name, Env: f.Env, Strerror: diag.Word})
}

func (o *Options) answerText(name string) (string, error) {
	switch o.Answer {
	case AnswerVersion:
		return name + " from nstools " + Version + " (options of util-linux " + Compatible + ")\n", nil
	case AnswerCompletion:
		text, err := Table(new(Options)).Completion(o.Shell, name)
		if err != nil {
			return "", failure(err.Error())
		}
		return text, nil
	}
	return Table(new(Options)).Usage(name), nil
}

// print writes to standard output; a script that cannot read the answer has to
// know. Nobody is left to be told where the reader went away or there was none.
func print(w io.Writer, text string) error {
	_, err := io.WriteString(w, text)
	if err != nil && !errors.Is(err, unix.EPIPE) && !errors.Is(err, unix.EBADF) {
		return failure("write error: " + diag.Reason(err))
	}
	return nil
}
