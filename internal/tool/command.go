package tool

import (
	"path"
	"strings"

	"nstools/internal/plan"
)

// Command returns the step that does with a command what execvp(3) of the GNU C library
// does. The files are looked for when the plan is carried out, in the new root.
func Command(argv, env []string) plan.Exec {
	const nameMax = 255
	name := argv[0]
	x := plan.Exec{Name: name, Argv: argv, Env: env, Script: true}
	if name == "" || strings.Contains(name, "/") || len(name) > nameMax {
		x.Paths = []string{name}
		return x
	}
	for _, dir := range strings.Split(searchPath(env), ":") {
		switch {
		case dir == "":
			x.Paths = append(x.Paths, name) // the working directory
		case len(dir) < 4096: // PATH_MAX
			x.Paths = append(x.Paths, dir+"/"+name)
		}
	}
	return x
}

func searchPath(env []string) string {
	if dirs, ok := Getenv(env, "PATH"); ok {
		return dirs
	}
	return "/bin:/usr/bin" // confstr(_CS_PATH)
}

// LoginShell returns the step that starts a shell without arguments as login(1) does, with a
// dash in front of its name.
func LoginShell(shell string, env []string) plan.Exec {
	return plan.Exec{Name: shell, Paths: []string{shell}, Argv: []string{"-" + path.Base(shell)}, Env: env, Why: plan.WhyNoCommand}
}

// Getenv returns the value of a variable, as getenv(3) does: the first match counts.
func Getenv(env []string, name string) (string, bool) {
	for _, s := range env {
		if len(s) > len(name) && s[len(name)] == '=' && s[:len(name)] == name {
			return s[len(name)+1:], true
		}
	}
	return "", false
}
