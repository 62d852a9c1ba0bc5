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

// An Op is one of Call, Optional, Done, Helper, Release, Fork, Supervise, Relay, Monitor, Pty,
// Await, Enter, CheckParent, RenewMount, RaiseAmbient, LimitBounding, Warning and Exec. All
// but Call, Optional, Done, LimitBounding and Warning depend on what happens at run time.
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
	Accept     unix.Errno // an error that counts as success; 0 for none
	Errno      Slot       // receives the error, 0 for none
	Unless     Slot       // where this slot, an Errno, holds 0, an error counts as success
	Fail       string     // the error message up to the colon before the reason
	Warn       bool       // a failure prints its message, and the plan goes on
	Status     int        // the exit status where the call fails; 0 for 1
	Undo       []Call     // carried out, errors ignored, where the call fails
	Why        Why        // for the hint
}

// Optional is a call, and what is of use only after it. Where the call fails and the plan
// goes on, by Accept or Warn, Rest is left out.
type Optional struct {
	Call Call
	Rest []Op
}

// Done is a call that was made while the plan was compiled, because the plan depends on what
// it returned. It stands here to be explained.
type Done struct {
	Call string // in strace's notation
}

// A Helper is a child made before the namespaces change, so that it can act
// from the old ones. It sleeps until a [Release] names it, carries out its own
// steps and exits 0. If this process dies first, it ends without a message.
type Helper struct {
	Name  string
	Gate  Slot // the pipe on which the helper waits
	PID   Slot
	Steps []Step
}

// Release wakes a Helper and waits for its end. After another status than 0 this process
// ends with that status: the helper has printed the reason.
type Release struct {
	Name string
	Gate Slot
	PID  Slot
	// Cause is what the hint starts from where the helper executed another program, which
	// ended with 1. It has Name and Args, as a call does; without a Name it is unset.
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
// the child may go on. If the parent dies instead, the child ends without a message.
type Await struct {
	Gate Slot
}

// Supervise waits for the forked child and ends as the child did: with its exit status,
// or by its signal.
type Supervise struct {
	PID     Slot
	Gate    Slot // lets a child go on that waits in Await
	Forward bool // forward SIGINT and SIGTERM to the child
	Stops   bool // stop and go on as the child does; end without a message where its signal cannot
}

// Enter enters namespaces of another process and closes their descriptors. It makes two
// passes, as nsenter(1) does. The first leaves out the user namespace and passes over
// errors: a caller with more rights outside gives them up last. The second enters the
// user namespace first and then what was refused before: a caller with more rights
// inside gets them so.
//
// Namespaces that the pidfd leads to are entered all at once where that is allowed. What is
// still refused may belong to an outer user namespace (a sandbox inside a sandbox). It is
// tried after each of OuterUsers.
type Enter struct {
	Pidfd      int // -1 for none
	PID        int // of the target, for a hint where it has gone
	Namespaces []Namespace
	OuterUsers []int // user namespaces between the caller's and the one in Namespaces, outermost first
}

// A Namespace is one that is to be entered.
type Namespace struct {
	Flag            uintptr   // CLONE_NEW*
	FD              int       // -1 where nothing was opened, in an explanation
	Name            string    // in messages: "ns/net"
	ByPidfd         bool      // the pidfd leads to it, too
	AlreadyIn       bool      // this process is in it: a refusal counts as success
	Why             Why       // for the hint
	HintOutside     [3]string // the hint where it is refused from inside the user namespace, in parts
	HintUnreachable [3]string // the hint where the kernel does not show its owner
}

// CheckParent ends the child with status 1 where its parent, held by the pidfd, has ended:
// PR_SET_PDEATHSIG, set too late, would never fire. getppid(2) does not show it, because it
// is 0 across PID namespaces.
type CheckParent struct {
	Pidfd Slot
}

// RenewMount makes the mount namespace again, on another processor, until its id is greater
// than the id of the namespace in which it will be bound to a file. Else Linux refuses that
// bind with EINVAL: it compares ids to prevent loops. Since 6.18 it gives ids out in batches
// per processor, so that a later namespace can have a smaller id.
// See: mnt_ns_loop() in fs/namespace.c.
type RenewMount struct {
	Old Slot // descriptor of the namespace in which the bind will be made
}

// RaiseAmbient makes every effective capability inheritable and ambient, so that
// it survives execve(2) by a user other than root. See: capabilities(7).
type RaiseAmbient struct{}

// LimitBounding takes every capability out of the bounding set that is not in Keep.
// See: PR_CAPBSET_DROP in prctl(2).
type LimitBounding struct{ Keep uint64 }

// Ops returns the calls of which it consists. They end at the first capability that the
// kernel does not know.
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

// Warning writes a line to standard error, with the program's name in front.
type Warning struct{ Text string }

// Exec replaces the process by the command. With more than one path it does what execvp(3)
// does: it remembers EACCES while the search goes on.
type Exec struct {
	Name    string   // as the user typed it
	Paths   []string // candidates, in order
	Argv    []string
	Env     []string
	EnvNote string   // what an explanation prints for an Env that was not read
	Why     Why      // for the hint
	Shells  []string // login shells, tried in turn under their own names where no path exists
	Script  bool     // run a file without a magic number by /bin/sh, as execvp(3) does
	Fail    string   // the error message up to the colon; "" for util-linux's
	Status  int      // the exit status where it fails; 0 for a shell's 126 or 127
}
