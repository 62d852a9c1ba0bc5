package nsenter

import (
	"io"
	"os"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"

	"nstools/internal/container"
	"nstools/internal/diag"
	"nstools/internal/facts"
	"nstools/internal/files"
	"nstools/internal/inventory"
	"nstools/internal/kernel"
	"nstools/internal/ns"
	"nstools/internal/proc"
	"nstools/internal/tool"
)

// list prints the host's namespaces, or those of the target.
func (o *Options) list(stdout, stderr io.Writer) error {
	kernel.RejoinProcess()
	self, planner := ownPIDs()
	catalog := container.Load()
	defer catalog.Close()
	survey := &inventory.Survey{Skip: planner, BelongingOf: belongingOf(catalog)}
	opened, err := openNamed(o)
	if err == nil {
		err = opened.openTarget()
	}
	if err == nil && opened.process != nil {
		survey.MembersOf, err = opened.targetNamespaces()
	}
	if err != nil {
		return err
	}
	inv, err := survey.Take()
	if err != nil {
		return tool.Failure("cannot read /proc: " + diag.Reason(err))
	}
	text := ""
	switch s := style(stdout); {
	case opened.process == nil:
		text = o.List.print(s, inv.Forest(o.List.tree, o.kinds()), inv.Hidden)
	case o.List.json:
		text = s.SharesJSON(survey.Shares(opened.process.PID, self), inv.Hidden)
	default:
		text = s.SharesText(survey.Shares(opened.process.PID, self))
	}
	if err := tool.Print(stdout, text); err != nil {
		return err
	}
	if inv.Hidden > 0 {
		// Without standard error nothing can be reported.
		io.WriteString(stderr, o.Name+": "+hiddenWarning(inv.Hidden)+"\n")
	}
	if cut := truncatedWarning(catalog.Truncated()); cut != "" {
		io.WriteString(stderr, o.Name+": "+cut+"\n")
	}
	return nil
}

func (l *listing) print(s inventory.Style, forest []*inventory.Node, hidden int) string {
	if l.json {
		return s.JSON(forest, hidden)
	}
	return s.Text(forest)
}

// belongingOf returns a function that names the container of a process, or else its unit.
func belongingOf(c *container.Catalog) func(pid int, cgroup string) inventory.Belonging {
	return func(pid int, cgroup string) inventory.Belonging {
		around, ok := c.OwnerByFirstPID(pid)
		if !ok {
			around, ok = c.OwnerByCgroup(cgroup)
		}
		if !ok {
			return inventory.Belonging{}
		}
		if around.Runtime == container.Unit {
			return inventory.Belonging{Unit: around.Label()}
		}
		return inventory.Belonging{Container: around.Label(), Sandbox: around.SandboxLabel(), NetOnly: around.GVisor()}
	}
}

// targetNamespaces returns the ids of the target's namespaces, of the kinds that were asked
// for.
func (o *opened) targetNamespaces() (ids [len(ns.Kinds)]uint64, err error) {
	kinds := o.kinds()
	for i, k := range ns.Kinds {
		if !kinds.Has(i) {
			continue
		}
		file := "ns/" + k.File
		st, err := o.process.Stat(file)
		if err == unix.ENOENT && unix.Access("/proc/self/"+file, unix.F_OK) != nil {
			continue // the kernel lacks this kind
		}
		if err != nil {
			return ids, o.targetError("cannot open /proc/"+strconv.Itoa(o.pid())+"/"+file, err)
		}
		ids[i] = st.Ino
	}
	return ids, nil
}

// ownPIDs returns the numbers in /proc of the process that the user started and of its
// planner, 0 without one. Lists leave the planner out.
func ownPIDs() (self, planner int) {
	status, _ := files.Read("/proc/self/status") // "" where this proc does not show the caller
	self, _ = strconv.Atoi(proc.Field(string(status), "Pid"))
	if kernel.IsPlanner() {
		planner = self
		self, _ = strconv.Atoi(proc.Field(string(status), "PPid"))
	}
	return self, planner
}

func hiddenWarning(n int) string {
	if n == 1 {
		return "1 process is hidden, for it belongs to somebody else or has more capabilities"
	}
	return strconv.Itoa(n) + " processes are hidden, for they belong to somebody else or have more capabilities"
}

// style returns the style of the terminal, if standard output is one.
func style(stdout io.Writer) inventory.Style {
	passwd, _ := files.Read("/etc/passwd") // without it users are numbers
	s := inventory.Style{Wide: wideLocale(kernel.Environ()), User: func(uid uint32) string {
		if u, ok := facts.UserByID(passwd, uid); ok {
			return u.Name
		}
		return strconv.FormatUint(uint64(uid), 10)
	}}
	if file, ok := stdout.(*os.File); ok {
		if size, err := unix.IoctlGetWinsize(int(file.Fd()), unix.TIOCGWINSZ); err == nil {
			s.Width = int(size.Col)
		}
	}
	return s
}

// wideLocale reports whether the locale has the characters of Unicode.
// See: setlocale(3).
func wideLocale(env []string) bool {
	for _, name := range []string{"LC_ALL", "LC_CTYPE", "LANG"} {
		if value, ok := tool.Getenv(env, name); ok && value != "" {
			value = strings.ToUpper(value)
			return strings.HasSuffix(value, "UTF-8") || strings.HasSuffix(value, "UTF8")
		}
	}
	return false
}
