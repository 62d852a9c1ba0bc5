package ip

import (
	"errors"
	"io"
	"runtime"
	"strings"
	"time"

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
	name           string
	argv           []string
	opt            *options
	stdout, stderr io.Writer
	isIP           bool // called through a link named ip
	inBatch        bool
	batched        *batched // of a batch alone
	inNS           int      // -netns, as a descriptor; -1 for none
	store          netns.Store
	nexts          map[bool]next // what nextFor has found
}

// What may have to outlive the process runs on the main thread, on which only init is
// sure to run. See outlive and startLongWork.
func init() { runtime.LockOSThread() }

// outlive is called before what must not be left half done where we are killed. A batch
// is left between two commands of it.
func (r *run) outlive() {
	if !r.inBatch {
		kernel.Outlive()
	}
}

// startLongWork is called before a lot of work, and returns what is to be called between
// its parts. The runtime takes the processor away, in each longer system call, from a
// goroutine that it has not scheduled for 10 ms (see retake in its proc.go). To be
// scheduled costs little where no thread is kept for the goroutine.
func startLongWork() (breathe func()) {
	const often = 5 * time.Millisecond
	runtime.UnlockOSThread()
	last := time.Now()
	return func() {
		if now := time.Now(); now.Sub(last) > often {
			last = now
			runtime.Gosched()
		}
	}
}

// Main is gonetns. It returns the exit status where there was nothing to become.
func Main(argv []string, stdout, stderr io.Writer) int {
	if status, done := tool.Begin(argv, stderr); done {
		return status
	}
	name := diag.Name(argv)
	r := &run{name: name, isIP: name == "ip", argv: argv, stdout: stdout, stderr: stderr, inNS: -1}
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
	io.WriteString(r.stderr, f.Warning)
	to := r.stderr
	if f.Stdout {
		to = r.stdout
	}
	if f.Text != "" {
		io.WriteString(to, r.ownWords(f.Text)+"\n")
	}
	diag.WriteHint(r.stderr, r.name, f.Hint)
	return f.Status
}

func (r *run) print(text string) error { return tool.Print(r.stdout, text) }

func (r *run) do() error {
	var args []string
	if len(r.argv) > 0 {
		args = r.argv[1:]
	}
	o, rest, err := parse(args)
	r.opt = o
	if r.isIP || !o.help && !o.version { // which ask for no more here
		if err := r.enter(o.entered); err != nil {
			return err
		}
	}
	switch {
	case err != nil:
		return r.orNext(err)
	case o.version:
		return r.print(r.version())
	case o.completion != "":
		text, err := completion(o.completion, r.name)
		if err != nil {
			return err
		}
		return r.print(text)
	case o.help && !r.isIP:
		return r.print(help(r.name))
	}
	if err := o.checkJobs(); err != nil {
		return err
	}
	if o.batch != nil {
		kernel.Join()
		return r.batch(*o.batch)
	}
	switch {
	case len(rest) > 0 && !o.help:
		return r.command(rest)
	case r.isIP:
		return r.orNext(iproute.Usage(overview(r.name)))
	}
	return r.list(nil)
}

// enter opens what -netns names, one after the other: each has to be there, and it is
// worked in the last.
func (r *run) enter(names []string) error {
	for _, name := range names {
		if name == "" {
			return iproute.Usage(`setting the network namespace "" failed: ` + diag.Strerror(unix.EINVAL))
		}
		fd, err := netns.Enterable(name)
		if err != nil {
			return err
		}
		if r.inNS >= 0 {
			unix.Close(r.inNS)
		}
		r.inNS = fd
	}
	return nil
}

// orNext hands what we do not know to the next ip on PATH, if we stand in its place.
func (r *run) orNext(err error, words ...string) error {
	if !r.isIP {
		return err
	}
	if r.inBatch && strings.HasPrefix(words[0], "-") {
		return err // options stand in front of the batch only
	}
	next := r.nextFor(r.argv)
	if r.inBatch {
		next = r.nextFor(words)
	}
	switch f, ok := err.(*iproute.Failure); {
	case next.path == "":
		if ok {
			f.Hint = "this ip is gonetns, and there is no other ip on PATH to hand the command to"
			if next.around {
				f.Hint = "this ip is gonetns, and every other ip on PATH is one, too, or calls it"
			}
		}
		return err
	case r.inBatch:
		return r.handedLine(next, words)
	}
	return r.handOver(new(plan.Plan), plan.Exec{Name: next.path, Paths: []string{next.path}, Argv: r.argv, Env: next.env})
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

// ownWords has a message say what can be typed to us, where it tells to try the command of
// ip(8).
func (r *run) ownWords(text string) string {
	if r.isIP {
		return text
	}
	for _, before := range []string{`try "`, `Try "`, "type '", "Usage: "} {
		text = strings.ReplaceAll(text, before+"ip ", before+r.name+" ")
	}
	return text
}

// usage is what ip prints for help and for a word too few. Behind our help may stand a verb
// or an object.
func (r *run) usage(args []string) error {
	o := object{"netns", netnsVerbs}
	if r.isIP || len(args) == 0 {
		return r.usageOf(o)
	}
	if v, ok := findVerb(netnsVerbs(), args[0]); ok {
		if v.own {
			return v.run(r, []string{"--help"})
		}
		return iproute.Usage("Usage:\t" + line(r.name, r.isIP, o, v) + "\n" + strings.ToUpper(v.help[:1]) + v.help[1:] + ".")
	}
	for _, o := range objects() {
		if o.verbs != nil && iproute.Matches(args[0], o.name) {
			return r.usageOf(o)
		}
	}
	return r.nearly(iproute.Fail(`Object "`+args[0]+`" is unknown, try "ip help".`), "help ", args[0], r.spoken())
}

func (r *run) usageOf(o object) error {
	return iproute.Usage(strings.TrimSuffix(usage(r.name, r.isIP, o), "\n"))
}

// spoken are the words that may stand first.
func (r *run) spoken() []string {
	var list []string
	for _, v := range (object{"netns", netnsVerbs}).known() {
		list = append(list, v.name)
	}
	for _, o := range objects() {
		if o.verbs != nil {
			list = append(list, o.name)
		}
	}
	return list
}

// nearly adds a hint where a word is nearly one of those that may stand there, and no more
// than one. For ip it has to be ip's words alone.
func (r *run) nearly(err *iproute.Failure, before, word string, list []string) error {
	if r.isIP {
		return err
	}
	best, found := len(word)/3+1, ""
	for _, w := range list {
		switch d := diag.Distance(word, w); {
		case d < best:
			best, found = d, w
		case d == best && found != w && len(found) > 0:
			found = ""
		}
	}
	if found != "" {
		err.Hint = "did you mean " + r.name + " " + before + found + "?"
	}
	return err
}
