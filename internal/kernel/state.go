package kernel

//lint:file-ignore U1000 on architectures without a hook nothing reads some of these

// What the hook and the planner tell the process. It is global because the two
// have nothing in common but memory; it is written once.
var (
	planner  bool     // this is the planner, and a process is waiting for it
	process  uintptr  // id of the process; getppid(2) is 0 where the planner is in another PID namespace
	putOff   bool     // see putOffChildren
	setAside bool     // see setAsideChildren
	children uintptr  // descriptor of the namespace set aside
	deaf     bool     // the caller ignores SIGPIPE
	over     bool     // the planner has done all there is to do; see Over
	handed   *program // what the process is to do
)
