package ip

import (
	"errors"
	"io"
	"runtime"
	"strings"

	"golang.org/x/sys/unix"

	"nstools/internal/diag"
	"nstools/internal/iproute"
	"nstools/internal/kernel"
	"nstools/internal/netns"
	"nstools/internal/plan"
	"nstools/internal/tool"
)

// A run is one start of the program.
type run struct {
	argv0, name    string
	argv           []string
	opt            *options
	stdout, stderr io.Writer
	isIP           bool // called through a link named ip
	inBatch        bool
	inNS           int // -netns, as a descriptor; -1 for none
}

// Main is gonetns. It returns the exit status where there was nothing to become.
func Main(argv []string, stdout, stderr io.Writer) int {
	r := &run{argv: argv, stdout: stdout, stderr: stderr, inNS: -1}
	r.name = diag.Name(argv)
	r.isIP = r.name == "ip"
	if len(argv) > 0 {
		r.argv0 = argv[0]
	}
	if kernel.Privileged() {
		return diag.Print(stderr, r.name, tool.Failure("refusing to run with the privileges of a set-user-ID, set-group-ID or file capability program"))
	}
	if f, ok := kernel.Failed(argv); ok {
		diag.PrintHint(f)
		return 0
	}
	// Verbs change the network namespace of their thread and back.
	runtime.LockOSThread()
	err := r.do()
	if err == nil {
		return 0
	}
	kernel.Over()
	return r.report(err)
}

// report writes a failure and returns its exit status.
func (r *run) report(err error) int {
	f := (*iproute.Failure)(nil)
	if !errors.As(err, &f) {
		return diag.Print(r.stderr, r.name, err)
	}
	if f.Text != "" {
		io.WriteString(r.stderr, f.Text+"\n")
	}
	if f.Hint != "" {
		io.WriteString(r.stderr, r.name+": hint: "+diag.Plain(f.Hint)+"\n")
	}
	return f.Status
}

func (r *run) print(text []byte) error {
	_, err := r.stdout.Write(text)
	if err != nil && !errors.Is(err, unix.EPIPE) && !errors.Is(err, unix.EBADF) {
		return tool.Failure("write error: " + diag.Reason(err))
	}
	return nil
}

func (r *run) do() error {
	var args []string
	if len(r.argv) > 0 {
		args = r.argv[1:]
	}
	o, rest, err := parse(args)
	if err != nil {
		return r.orNext(err)
	}
	r.opt = o
	switch {
	case o.version:
		return r.print([]byte(r.version()))
	case o.completion != "":
		text, err := completion(o.completion, r.name)
		if err != nil {
			return err
		}
		return r.print([]byte(text))
	case o.help && !r.isIP:
		return r.print([]byte(help(r.name)))
	}
	if o.netns != nil {
		if r.inNS, err = r.enterable(*o.netns); err != nil {
			return err
		}
	}
	if o.batch != nil {
		kernel.Join()
		return r.batch(*o.batch)
	}
	if len(rest) == 0 || o.help {
		if !r.isIP && !o.help {
			return r.list(nil)
		}
		return r.orNext(r.usage(nil))
	}
	return r.command(rest)
}

func (r *run) enterable(name string) (int, error) {
	if name == "" {
		return -1, iproute.Usage(`setting the network namespace "" failed: ` + diag.Strerror(unix.EINVAL))
	}
	return netns.Open(name)
}

// command carries out what stands behind the options, or on a line of a batch.
func (r *run) command(words []string) error {
	if words[0] == "netns" || r.isIP && iproute.Matches(words[0], "netns") && len(words[0]) > 2 {
		return r.netns(words[1:])
	}
	if !r.isIP {
		for _, v := range verbs() {
			if iproute.Matches(words[0], v.name) {
				return v.run(r, words[1:])
			}
		}
	}
	return r.orNext(&iproute.Failure{Text: `Object "` + words[0] + `" is unknown, try "ip help".`, Status: iproute.StatusFailed}, words...)
}

// orNext hands what we do not know to the next ip on PATH, if we stand in its place.
func (r *run) orNext(err error, words ...string) error {
	if !r.isIP {
		return err
	}
	if r.inBatch && strings.HasPrefix(words[0], "-") {
		return err // options stand in front of the batch only
	}
	next := nextIP()
	if next == "" {
		if f, ok := err.(*iproute.Failure); ok {
			f.Hint = "this ip is gonetns, and there is no other ip on PATH to hand the command to"
		}
		return err
	}
	if r.inBatch {
		return r.next(next, words)
	}
	env := kernel.Environ()
	p := new(plan.Plan)
	p.Add("", plan.Exec{Name: "ip", Paths: []string{next}, Argv: r.argv, Env: env,
		Fail: `exec of "` + next + `" failed`, Status: iproute.StatusFailed})
	return kernel.Run(p, kernel.Reporter{Name: r.name, Bare: true, Env: env, Strerror: diag.Word})
}

func (r *run) version() string {
	if r.isIP {
		return "ip utility, iproute2-" + compatible + ", nstools-" + tool.Version + "\n"
	}
	return r.name + " from nstools " + tool.Version + " (verbs of iproute2 " + compatible + ")\n"
}

// compatible is the version of iproute2 whose verbs these are.
const compatible = "7.1.0"

// ids asks the namespace of -netns, or our own.
func (r *run) ids() (*netns.IDs, error) { return netns.OpenIDs(r.inNS) }

// usage is what ip prints for help and for a word too few.
func (r *run) usage([]string) error {
	return iproute.Usage(strings.TrimSuffix(usage(), "\n"))
}
