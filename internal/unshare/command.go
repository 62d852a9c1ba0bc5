package unshare

import (
	"slices"
	"strings"

	"nstools/internal/facts"
	"nstools/internal/tool"
)

// exec ends the plan with the command, or with a login shell.
func (c *compiler) exec() {
	env := c.environment()
	if len(c.Command) == 0 {
		c.plan.Add("", tool.LoginShell(c.loginShell(env), env))
		return
	}
	c.plan.Add("", tool.Command(c.Command, env))
}

// loginShell returns $SHELL, or else the shell of the command's user.
func (c *compiler) loginShell(env []string) string {
	if shell, ok := tool.Getenv(env, "SHELL"); ok && shell != "" {
		return shell
	}
	if u, ok := facts.UserByID(c.facts.Passwd.Text, c.insideUID()); ok && u.Shell != "" {
		return u.Shell
	}
	return "/bin/sh"
}

// environment returns the command's environment, in the caller's order.
func (c *compiler) environment() []string {
	if !c.ClearEnv && c.Whitelist == nil {
		return c.facts.Env
	}
	var list []string
	for _, s := range c.facts.Env {
		name, _, ok := strings.Cut(s, "=")
		if ok && name != "" && slices.Contains(c.Whitelist, name) && !has(list, name) {
			list = append(list, s)
		}
	}
	return list
}

func has(env []string, name string) bool {
	_, ok := tool.Getenv(env, name)
	return ok
}
