package ip

import (
	"io"
	"runtime"
	"strings"
	"time"

	"golang.org/x/sys/unix"

	"nstools/internal/diag"
	"nstools/internal/ip/complete"
	"nstools/internal/ip/session"
	"nstools/internal/ip/show"
	"nstools/internal/iproute"
	"nstools/internal/kernel"
	"nstools/internal/netns"
	"nstools/internal/plan"
	"nstools/internal/tool"
)

// A run is one start of the program.
type run struct {
	session.Session
	batched *batchState // nil outside of a batch
	store   netns.Store
}

// init keeps the main goroutine on the main thread, since what outlives the process has to run
// there. See [session.Session.Outlive] and startLongLoop.
func init() { runtime.LockOSThread() }

// startLongLoop unlocks the thread for a long loop, and returns a function to call in each
// round. It yields every 5 ms. Otherwise the runtime takes the processor away at each longer
// system call, from a goroutine that it has not scheduled for 10 ms. Scheduling is cheap for a
// goroutine without a thread of its own. See: retake in proc.go of the runtime.
func startLongLoop() (yield func()) {
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

// Main runs gonetns. It returns the exit status, unless the process becomes a command.
func Main(argv []string, stdout, stderr io.Writer) int {
	name := diag.Name(argv)
	if status, done := tool.Begin(argv, name, stderr); done {
		return status
	}
	r := &run{Session: session.Session{Name: name, IsIP: name == "ip", Argv: argv, Stdout: stdout, Stderr: stderr, InNS: -1}}
	err := r.do()
	if err == nil {
		return 0
	}
	kernel.Ending()
	return r.Report(err)
}

func (r *run) do() error {
	var args []string
	if len(r.Argv) > 0 {
		args = r.Argv[1:]
	}
	o, rest, err := session.Parse(args)
	r.Opt = o
	if r.IsIP || !o.Help && !o.Version { // without ip, these two ignore -netns
		if err := r.enter(o.Entered); err != nil {
			return err
		}
	}
	switch {
	case err != nil:
		return r.orNextIP(err)
	case o.Version:
		return r.Print(r.version())
	case o.Completion != "":
		text, err := complete.Script(o.Completion, completionCommand(r.Name))
		if err != nil {
			return err
		}
		return r.Print(text)
	case o.Help && !r.IsIP:
		return r.Print(help(r.Name))
	}
	if err := o.CheckJobs(); err != nil {
		return err
	}
	if o.Batch != nil {
		kernel.RejoinProcess()
		return r.batch(*o.Batch)
	}
	switch {
	case len(rest) > 0 && !o.Help:
		return r.command(rest)
	case r.IsIP:
		return r.orNextIP(iproute.Usage(overview(r.Name)))
	}
	return show.Names(&r.Session)
}

// enter opens the namespaces of all options -netns. Each has to exist, and the last one
// counts.
func (r *run) enter(names []string) error {
	for _, name := range names {
		if name == "" {
			return iproute.Usage(`setting the network namespace "" failed: ` + diag.Strerror(unix.EINVAL))
		}
		fd, err := netns.OpenEnterable(name)
		if err != nil {
			return err
		}
		if r.InNS >= 0 {
			unix.Close(r.InNS)
		}
		r.InNS = fd
	}
	return nil
}

// orNextIP hands a command that this program lacks to the next ip on PATH, if this program is
// called ip.
func (r *run) orNextIP(err error, words ...string) error {
	if !r.IsIP {
		return err
	}
	if r.InBatch && strings.HasPrefix(words[0], "-") {
		return err // a batch has options in front only
	}
	next := r.NextIPFor(r.Argv)
	if r.InBatch {
		next = r.NextIPFor(words)
	}
	switch f, ok := err.(*iproute.Failure); {
	case next.Path == "":
		if ok {
			f.Hint = "this ip is gonetns, and there is no other ip on PATH to hand the command to"
			if next.Loops {
				f.Hint = "this ip is gonetns, and every other ip on PATH is one, too, or calls it"
			}
		}
		return err
	case r.InBatch:
		return r.runLineByNext(next, words)
	}
	return r.handOver(new(plan.Plan), plan.Exec{Name: next.Path, Paths: []string{next.Path}, Argv: r.Argv, Env: next.Env})
}

func (r *run) version() string {
	if r.IsIP {
		return "ip utility, iproute2-" + compatible + ", nstools-" + tool.Version + "\n"
	}
	return r.Name + " from nstools " + tool.Version + " (verbs of iproute2 " + compatible + ")\n"
}

// compatible is the version of iproute2 whose verbs these are.
const compatible = "7.1.0"

// usage prints usage as a failure, as ip does. For gonetns a verb or an object may follow
// help.
func (r *run) usage(args []string) error {
	o := netnsObject()
	if r.IsIP || len(args) == 0 {
		return r.usageOf(o)
	}
	if v, ok := findVerb(netnsVerbs(), args[0]); ok {
		if v.own {
			return v.run(r, []string{"--help"})
		}
		return iproute.Usage("Usage:\t" + usageLine(r.Name, r.IsIP, o, v) + "\n" + strings.ToUpper(v.help[:1]) + v.help[1:] + ".")
	}
	for _, o := range objects() {
		if o.verbs != nil && iproute.Matches(args[0], o.name) {
			return r.usageOf(o)
		}
	}
	return r.withSuggestion(iproute.Fail(`Object "`+args[0]+`" is unknown, try "ip help".`), "help ", args[0], r.firstWords())
}

func (r *run) usageOf(o object) error {
	return iproute.Usage(strings.TrimSuffix(usage(r.Name, r.IsIP, o), "\n"))
}

// firstWords returns the words that a command line may begin with.
func (r *run) firstWords() []string {
	var list []string
	for _, v := range netnsObject().listed() {
		list = append(list, v.name)
	}
	for _, o := range objects() {
		if o.verbs != nil && !o.alias {
			list = append(list, o.name)
		}
	}
	return list
}

// withSuggestion adds a hint at the one word that is close to what was typed. For ip it adds
// none, since others read ip's messages.
func (r *run) withSuggestion(err *iproute.Failure, before, word string, list []string) error {
	if r.IsIP {
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
		err.Hint = "did you mean " + r.Name + " " + before + found + "?"
	}
	return err
}
