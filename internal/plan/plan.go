package plan

import "golang.org/x/sys/unix"

// A Plan is the list of steps between the parsed command line and the command.
type Plan struct {
	Steps []Step
}

// Add appends ops that the option asked for; for "" they belong to every run.
func (p *Plan) Add(option string, ops ...Op) {
	for _, op := range ops {
		p.Steps = append(p.Steps, Step{For: option, Op: op})
	}
}

// A Step is one line of an explanation.
type Step struct {
	For string // the options that asked for it, as a user would type them
	Op  Op
}

// An Op is one of Call, Optional, Made, Helper, Release, Fork, Supervise, Relay, Monitor, Pty,
// Await, Enter, CheckParent, RenewMount, RaiseAmbient, LimitBounding, Tell and Exec. All
// but Call, Optional, Made, LimitBounding and Tell depend on what happens at run time.
type Op interface{ isOp() }

func (Call) isOp()          {}
func (Optional) isOp()      {}
func (Done) isOp()          {}
func (Helper) isOp()        {}
func (Release) isOp()       {}
func (Fork) isOp()          {}
func (Supervise) isOp()     {}
func (Relay) isOp()         {}
func (Monitor) isOp()       {}
func (Pty) isOp()           {}
func (Await) isOp()         {}
func (Enter) isOp()         {}
func (CheckParent) isOp()   {}
func (RenewMount) isOp()    {}
func (RaiseAmbient) isOp()  {}
func (LimitBounding) isOp() {}
func (Warning) isOp()       {}
func (Exec) isOp()          {}

// A Slot is a machine word that one call fills and a later one reads. Slot 0
// means none.
type Slot uint8

// Slots is the number of slots a plan may use, slot 0 included.
const Slots = 16

// A Call is one system call.
type Call struct {
	Name       string
	Args       []Arg
	Result     Slot       // receives what the call returns
	ResultName string     // its name in explanations; "" for fd
	Want       int        // bytes that a write must take; 0 for any result
	Accept     unix.Errno // an error that is as good as success; 0 for none
	Errno      Slot       // receives the error, 0 for none
	Unless     Slot       // failing is no failure where this slot, an Errno, holds 0
	Fail       string     // the error message up to the colon before the reason
	Warn       bool       // a failure is only told
	Status     int        // the exit status where the call fails; 0 for 1
	Undo       []Call     // carried out, errors ignored, where the call fails
	Why        Why        // for the hint
}

// Optional is a call, and what is of use only after it: where the call fails with the
// error that it accepts, or only warns, Rest is left out.
type Optional struct {
	Call Call
	Rest []Op
}

// Done is a call that was made while the plan was, because the plan depends on what
// it returned. It stands here to be explained.
type Done struct {
	Call string // in strace's notation
}

// A Helper is a child made before the namespaces change, so that it can act
// from the old ones. It sleeps until a [Release] names it, carries out its own
// steps and exits 0; if this process dies first, it goes away in silence.
type Helper struct {
	Name  string
	Gate  Slot // the pipe on which the helper waits
	PID   Slot
	Steps []Step
}

// Release wakes a Helper and waits for its end. If it did not exit 0, this
// process ends with its status: the helper has said why.
type Release struct {
	Name string
	Gate Slot
	PID  Slot
	// Cause is what the hint starts from where the helper has become another program and
	// that ended with 1: Name and Args, as of a call. Without a Name there is none.
	Cause Call
}

// Fork splits the plan: the parent carries out Parent, whose last step is
// [Supervise], [Relay] or [Monitor]; the child goes on with the rest.
type Fork struct {
	PID    Slot
	Gate   Slot // where the child is to wait; see Await
	Parent []Step
	Names  [2]string // of parent and child in an explanation; "" for these words
}

// Await is the child's first step where the parent has to do something before
// the child may go on. If the parent dies instead, the child goes away in silence.
type Await struct {
	Gate Slot
}

// Supervise waits for the forked child and ends as it did: with its exit status,
// or by its signal.
type Supervise struct {
	PID     Slot
	Gate    Slot // lets a child go on that waits in Await
	Forward bool // hand SIGINT and SIGTERM on to the child
	Stops   bool // stop and go on as the child does; end in silence where its signal cannot
}

// Enter enters namespaces of others and closes their descriptors. It makes two
// passes, as nsenter(1) does. The first leaves out the user namespace and passes over
// errors: a caller with more rights outside gives them up last. The second enters the
// user namespace first and then what was refused before: a caller with more rights
// inside gets them so.
//
// Namespaces behind the pidfd are entered all at once where that is allowed. What
// still is refused is tried between the user namespaces on the way to the last, for
// it may belong to one of them (a sandbox inside a sandbox).
type Enter struct {
	Pidfd      int // -1 for none
	PID        int // of the target, for a hint where it has gone
	Namespaces []Namespace
	OuterUsers []int // user namespaces on the way from ours to the one in Spaces, outermost first
}

// A Namespace is a namespace to enter.
type Namespace struct {
	Flag            uintptr   // CLONE_NEW*
	FD              int       // -1 where nothing was opened, in an explanation
	Name            string    // in messages: "ns/net"
	ByPidfd         bool      // the pidfd, too, leads to it
	AlreadyIn       bool      // we are in it: to be refused it is no failure
	Why             Why       // for the hint
	HintOutside     [3]string // the hint where it is refused from inside the user namespace, in parts
	HintUnreachable [3]string // the hint where the kernel does not even show whose it is
}

// CheckParent ends the child with status 1 where the parent behind the pidfd in
// Pidfd has gone: PR_SET_PDEATHSIG, set too late, would never fire. getppid(2)
// cannot tell, because it is 0 across PID namespaces.
type CheckParent struct {
	Pidfd Slot
}

// RenewMount makes the mount namespace again, on another processor, while its
// id is not greater than that of the namespace in which it will be bound to a
// file. Linux refuses that bind with EINVAL (it guards against loops by comparing
// ids, mnt_ns_loop() in fs/namespace.c) and since 6.18 hands ids out in batches
// per processor, so that a later namespace can have a smaller id.
type RenewMount struct {
	Old Slot // descriptor of the namespace in which the bind will be made
}

// RaiseAmbient makes every effective capability inheritable and ambient, so that
// it survives execve(2) by a user other than root; see capabilities(7).
type RaiseAmbient struct{}

// LimitBounding takes every capability out of the bounding set that is not in Keep;
// see PR_CAPBSET_DROP in prctl(2).
type LimitBounding struct{ Keep uint64 }

// Ops are the calls of which it consists. The first capability that the kernel does not
// know ends them.
func (l LimitBounding) Ops() (ops []Op) {
	for c := 63; c >= 0; c-- {
		if l.Keep>>c&1 == 0 {
			drop := Prctl("PR_CAPBSET_DROP", unix.PR_CAPBSET_DROP, c)
			drop.Accept = unix.EINVAL
			ops = []Op{Optional{drop, ops}}
		}
	}
	return ops
}

// Warning writes a line to standard error, with the name of the program in front.
type Warning struct{ Text string }

// Exec replaces the process by the command. With more than one path it does
// what execvp(3) does: EACCES is kept in mind while the search goes on.
type Exec struct {
	Name    string   // as the user typed it
	Paths   []string // candidates, in order
	Argv    []string
	Env     []string
	EnvNote string   // an explanation's word for an Env that it has not read
	Why     Why      // for the hint
	Shells  []string // login shells, tried in turn under their own names where Paths leads to nothing
	Script  bool     // run a file without a magic number by /bin/sh, as execvp(3) does
	Fail    string   // the error message up to the colon; "" for util-linux's
	Status  int      // the exit status where it fails; 0 for a shell's 126 or 127
}
