package nsenter

import (
	"slices"
	"strings"

	"golang.org/x/sys/unix"

	"nstools/internal/plan"
	"nstools/internal/tool"
)

// environMax is more than execve(2) takes: three quarters of _STK_LIM, see
// bprm_stack_limits() in fs/exec.c.
const environMax = 6 << 20

func (w *world) readEnv() error {
	if !w.Env {
		return nil
	}
	if w.Target == nil {
		return tool.Failure("neither filename nor target pid supplied for environ")
	}
	w.record("--env", plan.Made{Call: `read(target/"environ")`})
	if w.explain {
		return nil
	}
	text, err := w.process.ReadFile("environ", environMax)
	if err == unix.EIO { // the process has no memory any more
		err = unix.ESRCH
	}
	if err != nil {
		return w.refused("failed to get environment variables", err)
	}
	w.env = environ(string(text))
	return nil
}

// environ makes an environment of what a process shows as its own. That is
// whatever is in its memory where the kernel once put the environment: nothing, or
// the title of a daemon, or what somebody wants us to take for one. What is no
// variable is left out; of two with one name the first counts, as for getenv(3).
func environ(text string) []string {
	var env []string
	var names []string
	for s := range strings.SplitSeq(text, "\x00") {
		name, _, ok := strings.Cut(s, "=")
		if !ok || name == "" {
			continue
		}
		if i, found := slices.BinarySearch(names, name); !found {
			names = slices.Insert(names, i, name)
			env = append(env, s)
		}
	}
	return env
}
