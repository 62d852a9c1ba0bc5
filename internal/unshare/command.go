package unshare

import (
	"path"
	"slices"
	"strings"

	"nstools/internal/facts"
	"nstools/internal/plan"
)

// exec ends the plan with the command, or with a login shell.
func (c *compiler) exec() {
	env := c.environment()
	if len(c.Command) == 0 {
		shell := c.loginShell(env)
		c.plan.Add("", plan.Exec{
			Name: shell, Paths: []string{shell}, Argv: []string{"-" + path.Base(shell)}, Env: env,
		})
		return
	}
	c.plan.Add("", search(c.Command, env))
}

// search prepares what execvp(3) of the GNU C library does with a command. The
// files are looked for when the plan is carried out, in the new root.
func search(argv, env []string) plan.Exec {
	const nameMax = 255
	name := argv[0]
	x := plan.Exec{Name: name, Argv: argv, Env: env, Script: true}
	if name == "" || strings.Contains(name, "/") || len(name) > nameMax {
		x.Paths = []string{name}
		return x
	}
	dirs, ok := lookup(env, "PATH")
	if !ok {
		dirs = "/bin:/usr/bin" // confstr(_CS_PATH)
	}
	for _, dir := range strings.Split(dirs, ":") {
		switch {
		case dir == "":
			x.Paths = append(x.Paths, name) // the working directory
		case len(dir) < 4096: // PATH_MAX
			x.Paths = append(x.Paths, dir+"/"+name)
		}
	}
	return x
}

// loginShell is $SHELL, else the shell of the user that the command will be.
func (c *compiler) loginShell(env []string) string {
	if shell, ok := lookup(env, "SHELL"); ok && shell != "" {
		return shell
	}
	if u, ok := facts.UserByID(c.facts.Passwd.Text, c.insideUID()); ok && u.Shell != "" {
		return u.Shell
	}
	return "/bin/sh"
}

// environment is the command's, in the caller's order.
func (c *compiler) environment() []string {
	if !c.ClearEnv && c.Whitelist == nil {
		return c.facts.Env
	}
	var kept []string
	for _, s := range c.facts.Env {
		name, _, ok := strings.Cut(s, "=")
		if ok && name != "" && slices.Contains(c.Whitelist, name) && !has(kept, name) {
			kept = append(kept, s)
		}
	}
	return kept
}

func has(env []string, name string) bool {
	_, ok := lookup(env, name)
	return ok
}

// lookup is getenv(3): the first match counts.
func lookup(env []string, name string) (string, bool) {
	for _, s := range env {
		if len(s) > len(name) && s[len(name)] == '=' && s[:len(name)] == name {
			return s[len(name)+1:], true
		}
	}
	return "", false
}
