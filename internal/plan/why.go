package plan

// A Why is what the hint of a failed call has to know beside the call's arguments.
// A compiler sets it, internal/kernel passes it on, and internal/hint words it.
type Why uint8

// The reasons, each with the call that has it.
const (
	WhyPlain      Why = iota // the arguments tell enough
	WhyNoCommand             // execve: a shell stands in for a command that was not given
	WhyPID                   // execve: the command's name is the number of a process
	WhyTarget                // setns: by the pidfd of the process whose number is the argument
	WhyWithUser              // setns: a user namespace is entered, too
	WhyCopyMounts            // setns: to copy the mounts of the target
)

// Origin says where the namespaces of a command come from. It decides which cure a hint can
// name, and whose files can be believed.
type Origin uint8

const (
	OriginNew     Origin = iota // the plan makes them
	OriginProcess               // another process has them, which may be hostile
	OriginName                  // a file in /run/netns keeps the network namespace
)
