package nsenter

import (
	"strconv"
	"strings"

	"nstools/internal/diag"
	"nstools/internal/plan"
	"nstools/internal/tool"
)

// shells are those that images have, in the order of liking: of a shell that the
// caller is used to, the target need not have heard.
var shells = [...]string{"/bin/bash", "/usr/bin/bash", "/usr/local/bin/bash", "/bin/ash", "/bin/sh", "/busybox/sh"}

// exec ends the plan with the command, or with a login shell.
func (c *compiler) exec() {
	x := c.command(c.environment())
	if c.explain {
		x.Whose = c.whose(len(c.callers))
	}
	c.plan.Add("", x)
}

// whose tells in an explanation, which has read nothing, what the environment is.
func (c *compiler) whose(callers int) string {
	switch {
	case c.Env:
		return "the target's vars"
	case len(c.Picked) > 0:
		return diag.Plain(strconv.Itoa(callers) + " vars with the target's " + strings.Join(c.Picked, ", "))
	}
	return ""
}

// environment is the command's.
func (c *compiler) environment() []string {
	switch {
	case c.Env:
		return c.env
	case len(c.Picked) > 0:
		return pick(c.callers, c.env, c.Picked)
	}
	return c.callers
}

func (c *compiler) command(env []string) plan.Exec {
	if len(c.Command) > 0 {
		return tool.Command(c.Command, env)
	}
	// No passwd(5) is looked up: the caller's does not tell what there is in the
	// target, and the target's belongs to somebody else.
	shell, ok := tool.Getenv(env, "SHELL")
	if !ok || shell == "" {
		shell = "/bin/sh"
	}
	x := tool.LoginShell(shell, env)
	if c.readsEnv() {
		x.Name = diag.Plain(shell) // perhaps the target's words
	}
	x.Shells = shells[:]
	return x
}
