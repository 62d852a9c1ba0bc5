package nsenter

import (
	"slices"
	"strings"

	"nstools/internal/diag"
	"nstools/internal/plan"
	"nstools/internal/quote"
	"nstools/internal/tool"
)

// shells are the shells that images have, the preferred first. The caller's $SHELL may be
// missing in the target.
var shells = [...]string{"/bin/bash", "/usr/bin/bash", "/usr/local/bin/bash", "/bin/ash", "/bin/sh", "/busybox/sh"}

// exec ends the plan with the command, or with a login shell.
func (c *compiler) exec() {
	x := c.command(c.environment())
	if c.explain {
		x.EnvNote = c.environmentRemark(len(c.callers))
	}
	c.plan.Add("", x)
}

// environmentRemark describes the environment for an explanation, which has not read it.
func (c *compiler) environmentRemark(callers int) string {
	switch {
	case c.Env:
		return "the target's vars"
	case len(c.EnvNames) > 0:
		return quote.Plain(diag.Count(callers, "var") + " with the target's " + strings.Join(c.EnvNames, ", "))
	}
	return ""
}

// environment returns the command's environment.
func (c *compiler) environment() []string {
	if c.Env {
		return c.env
	}
	env := c.callers
	if c.Tools != nil {
		env = c.toolsEnvironment(env)
	}
	if len(c.EnvNames) > 0 {
		env = withVariables(env, c.env, c.EnvNames)
	}
	return env
}

// systemPath has the directories of tools on every system, including those of
// administrators.
const systemPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

// toolsEnvironment makes the caller's environment one for tools: PATH has all of their
// directories, and HOME is neither another user's nor of another root.
func (c *compiler) toolsEnvironment(env []string) []string {
	dirs, _ := tool.Getenv(env, "PATH")
	if c.otherRoot() || dirs == "" {
		dirs = systemPath
	}
	for dir := range strings.SplitSeq(systemPath, ":") {
		if !slices.Contains(strings.Split(dirs, ":"), dir) {
			dirs += ":" + dir
		}
	}
	env = withVariables(env, []string{"PATH=" + dirs}, []string{"PATH"})
	if c.otherRoot() || c.SetUID != nil || c.user && !c.Preserve {
		env = withVariables(env, []string{"HOME=/"}, []string{"HOME"})
	}
	return env
}

func (c *compiler) command(env []string) plan.Exec {
	if len(c.Command) > 0 {
		x := tool.Command(c.Command, env)
		if !c.explain && c.isProcess(c.Command[0]) {
			x.Why = plan.WhyPID
		}
		return x
	}
	// passwd(5) is not read: the caller's does not show what the target has, and the
	// target's is the word of another user.
	shell, ok := tool.Getenv(env, "SHELL")
	if !ok || shell == "" {
		shell = "/bin/sh"
	}
	x := tool.LoginShell(shell, env)
	if c.readsEnv() {
		x.Name = quote.Plain(shell) // $SHELL may be the target's text
	}
	x.Shells = shells[:]
	return x
}
