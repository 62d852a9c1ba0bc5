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
	"nstools/internal/inventory"
	"nstools/internal/kernel"
	"nstools/internal/ns"
	"nstools/internal/opt"
	"nstools/internal/tool"
)

// listing is what --list and the options for it ask for.
type listing struct {
	wanted bool
	tree   inventory.Relation
	json   bool
}

func listFlags(o *Options) []opt.Flag {
	return []opt.Flag{
		{Long: "list", Own: true, Group: groupOwn, Help: "list namespaces, or those of the target, and enter none",
			Set: func(string, bool) error { o.List.wanted = true; return nil }},
		{Long: "tree", Arg: opt.Optional, Metavar: "owner|parent", Complete: opt.Words, Own: true, Group: groupOwn,
			Help: "list each below its user namespace, or its parent",
			Set:  func(s string, given bool) error { return o.List.setTree(s, given) }},
		{Short: 'j', Long: "json", Own: true, Group: groupOwn, Help: "list in JSON",
			Set: func(string, bool) error { o.List.json = true; return nil }},
	}
}

func (l *listing) setTree(s string, given bool) error {
	switch {
	case !given || s == "owner":
		l.tree = inventory.ByOwner
	case s == "parent":
		l.tree = inventory.ByParent
	default:
		return tool.Failure("unsupported --tree argument '" + s + "'")
	}
	return nil
}

// checkList refuses what makes no sense together with --list, or without it.
func (o *Options) checkList() error {
	if !o.List.wanted {
		switch {
		case o.List.tree != inventory.ByNone:
			return tool.Failure("--tree is for --list")
		case o.List.json:
			return tool.Failure("--json is for --list")
		}
		return nil
	}
	for _, other := range []struct {
		given  bool
		option string
	}{
		{o.Explain != "", "explain"}, {o.Socket != nil, "net-socket"}, {o.UserParent, "user-parent"},
		{o.SetUID != nil, "setuid"}, {o.SetGID != nil, "setgid"}, {o.Preserve, "preserve-credentials"}, {o.KeepCaps, "keep-caps"},
		{o.Root != (dir{}), "root"}, {o.Dir != (dir{}), "wd"}, {o.Inside != nil, "wdns"},
		{o.Env, "env"}, {o.NoFork, "no-fork"}, {o.JoinCgroup, "join-cgroup"}, {o.Context, "follow-context"},
	} {
		if other.given {
			return tool.Failure("mutually exclusive arguments: --list --" + other.option)
		}
	}
	if o.Target != nil && o.List.tree != inventory.ByNone {
		return tool.Failure("mutually exclusive arguments: --tree --target")
	}
	if len(o.Command) > 0 {
		return tool.Failure("--list runs no command")
	}
	for i, c := range o.Kinds {
		if c.file != nil {
			return tool.Failure("--list takes --" + ns.Kinds[i].Option + " without a file")
		}
	}
	return nil
}

// list prints the namespaces that there are, or those of the target.
func (o *Options) list(name string, stdout, stderr io.Writer) error {
	kernel.Join()
	self, planner := ourselves()
	survey := &inventory.Survey{Skip: planner, Belongs: belongs(container.Load())}
	w, err := o.open()
	if err == nil {
		err = w.openTarget()
	}
	if err == nil && w.process != nil {
		survey.Of, err = w.kindsOf()
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
	case w.process == nil:
		text = o.List.print(s, inv.Forest(o.List.tree, o.kinds()), inv.Hidden)
	case o.List.json:
		text = s.SharesJSON(survey.Shares(w.process.PID, self), inv.Hidden)
	default:
		text = s.SharesText(survey.Shares(w.process.PID, self))
	}
	if err := tool.Print(stdout, text); err != nil {
		return err
	}
	if inv.Hidden > 0 {
		// If standard error is gone, nobody is left to be told.
		io.WriteString(stderr, name+": "+hidden(inv.Hidden)+"\n")
	}
	return nil
}

func (l *listing) print(s inventory.Style, forest []*inventory.Node, hidden int) string {
	if l.json {
		return s.JSON(forest, hidden)
	}
	return s.Text(forest)
}

// belongs names the container of a process, else its unit.
func belongs(c *container.Catalog) func(pid int, cgroup string) (string, string) {
	return func(pid int, cgroup string) (name, unit string) {
		around, ok := c.Of(cgroup)
		if !ok || around.Runtime == container.Unit {
			if first, ok := c.First(pid); ok {
				return first.Label(), ""
			}
		}
		switch {
		case !ok:
			return "", ""
		case around.Runtime == container.Unit:
			return "", around.Label()
		}
		return around.Label(), ""
	}
}

// kinds are those that options name, else all.
func (o *Options) kinds() inventory.Kinds {
	var kinds inventory.Kinds
	for i, c := range o.Kinds {
		if c.given {
			kinds = kinds.With(i)
		}
	}
	if kinds == 0 || o.All {
		return inventory.AllKinds
	}
	return kinds
}

// kindsOf are the ids of the target's namespaces of the kinds that are asked for.
func (w *world) kindsOf() (ids [len(ns.Kinds)]uint64, err error) {
	kinds := w.kinds()
	for i, k := range ns.Kinds {
		if !kinds.Has(i) {
			continue
		}
		file := "ns/" + k.File
		st, err := w.process.Stat(file)
		if err == unix.ENOENT && unix.Access("/proc/self/"+file, unix.F_OK) != nil {
			continue // this kernel has no such kind
		}
		if err != nil {
			return ids, w.refused("cannot open /proc/"+strconv.Itoa(w.Target.pid)+"/"+file, err)
		}
		ids[i] = st.Ino
	}
	return ids, nil
}

// ourselves are the number in /proc of the process that the user started, and that of
// its planner, which nobody needs to see; 0 where there is none.
func ourselves() (self, planner int) {
	status, _ := os.ReadFile("/proc/self/status") // "" where we are not in this proc
	self, _ = strconv.Atoi(facts.Field(string(status), "Pid"))
	if kernel.IsPlanner() {
		planner = self
		self, _ = strconv.Atoi(facts.Field(string(status), "PPid"))
	}
	return self, planner
}

func hidden(n int) string {
	if n == 1 {
		return "1 process is hidden, for it belongs to somebody else or has more capabilities"
	}
	return strconv.Itoa(n) + " processes are hidden, for they belong to somebody else or have more capabilities"
}

// style is that of the terminal, if standard output is one.
func style(stdout io.Writer) inventory.Style {
	passwd, _ := os.ReadFile("/etc/passwd") // without it users are numbers
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

// wideLocale tells whether the locale has the characters of Unicode; see setlocale(3).
func wideLocale(env []string) bool {
	for _, name := range []string{"LC_ALL", "LC_CTYPE", "LANG"} {
		if value, ok := tool.Getenv(env, name); ok && value != "" {
			value = strings.ToUpper(value)
			return strings.HasSuffix(value, "UTF-8") || strings.HasSuffix(value, "UTF8")
		}
	}
	return false
}
