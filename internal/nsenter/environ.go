package nsenter

import (
	"slices"
	"strings"

	"golang.org/x/sys/unix"

	"nstools/internal/tool"
)

// environMax is more than execve(2) takes, in bytes: three quarters of _STK_LIM.
// See: bprm_stack_limits() in fs/exec.c.
const environMax = 6 << 20

// setEnv takes --env, with names or without.
func (o *Options) setEnv(names string, given bool) error {
	if !given {
		o.Env = true
		return nil
	}
	for name := range strings.SplitSeq(names, ",") {
		if name == "" || strings.Contains(name, "=") {
			return tool.Failure("unsupported --env argument '" + names + "'")
		}
		if !slices.Contains(o.EnvNames, name) {
			o.EnvNames = append(o.EnvNames, name)
		}
	}
	return nil
}

// readsEnv reports whether any option takes variables of the target.
func (o *Options) readsEnv() bool { return o.Env || len(o.EnvNames) > 0 }

func (o *opened) readEnv() error {
	if !o.readsEnv() {
		return nil
	}
	if o.pid() == 0 {
		return o.noTarget("neither filename nor target pid supplied for environ")
	}
	text, err := o.readFile("--env", "environ", "", environMax)
	if err == unix.EIO { // the process has no memory any more
		err = unix.ESRCH
	}
	if err != nil {
		return o.targetError("failed to get environment variables", err)
	}
	o.env = environ(string(text))
	return nil
}

// environ makes an environment of the text that a process shows as its own. The kernel
// shows the memory in which it once put the environment. By now it may be empty, or have
// the title of a daemon, or a forgery. Words without a variable's form are left out; of two
// with one name the first counts, as for getenv(3).
func environ(text string) []string {
	var env []string
	names := make(map[string]bool) // there may be a million
	for s := range strings.SplitSeq(text, "\x00") {
		name, _, ok := strings.Cut(s, "=")
		if !ok || name == "" {
			continue
		}
		if !names[name] {
			names[name] = true
			env = append(env, s)
		}
	}
	return env
}

// withVariables returns an environment in which some variables have another's values. A
// variable that the other lacks is left out.
func withVariables(callers, targets, names []string) []string {
	env := slices.DeleteFunc(slices.Clone(callers), func(s string) bool {
		name, _, _ := strings.Cut(s, "=")
		return slices.Contains(names, name)
	})
	for _, name := range names {
		if value, ok := tool.Getenv(targets, name); ok {
			env = append(env, name+"="+value)
		}
	}
	return env
}
