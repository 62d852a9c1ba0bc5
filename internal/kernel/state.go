package kernel

//lint:file-ignore U1000 on architectures without a hook nothing reads some of these

// What the hook and the planner tell the process. It is global because the two
// have nothing in common but memory; it is written once.
var (
	planner bool     // this is the planner, and a process is waiting for it
	putOff  bool     // see putOffChildren
	closed  uintptr  // bit n: descriptor n was closed when we were started
	handed  *program // what the process is to do
)
