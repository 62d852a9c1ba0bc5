package kernel

//lint:file-ignore U1000 on architectures without a hook nothing reads some of these

// The hook and the planner pass these to the process. They are global because only memory is
// shared, and each is written once.
var (
	planner        bool     // this is the planner, and a process is waiting for it
	process        uintptr  // id of the process; getppid(2) is 0 where the planner is in another PID namespace
	deferred       bool     // see deferPIDForChildren
	leftForPlanner bool     // see leavePIDForChildren
	children       uintptr  // descriptor of the namespace set aside
	ignoresSIGPIPE bool     // the caller ignores SIGPIPE
	ending         bool     // the planner has done all there is to do; see Ending
	prepared       *program // what the process is to do
)
