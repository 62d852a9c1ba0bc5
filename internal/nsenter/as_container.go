package nsenter

import (
	"errors"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"

	"nstools/internal/diag"
	"nstools/internal/files"
	"nstools/internal/ns"
	"nstools/internal/proc"
	"nstools/internal/quote"
	"nstools/internal/target"
	"nstools/internal/tool"
)

const asContainer = "--as-container"

// A manner is how the target runs beside its namespaces, as far as that can be
// had by another process.
type manner struct {
	target.Credentials      // as its user namespace has them, where that is entered
	groups, bounding   bool // whether these two have to be set, which takes privileges
	cgroups            []membership
	profile            string   // of AppArmor, "" for that we have
	oom                string   // oom_score_adj, "" for that we have
	lost               []string // what cannot be had, in words
}

// A membership is a cgroup to join.
type membership struct {
	procs int // descriptor of its cgroup.procs
	name  string
}

// readContainer learns how the target runs.
func (w *world) readContainer() error {
	if !w.AsContainer {
		return nil
	}
	if w.pid() == 0 {
		return w.targetless("no target PID specified for " + asContainer)
	}
	for option, given := range map[string]bool{"--preserve-credentials": w.Preserve, "--keep-caps": w.KeepCaps} {
		if given {
			return tool.Failure("mutually exclusive arguments: " + asContainer + " " + option)
		}
	}
	w.manner = new(manner)
	for _, part := range [...]struct {
		file  string
		limit int
		take  func(text []byte, err error) error
	}{
		{"status", statusMax, w.readCredentials},
		{"oom_score_adj", 64, w.readOOM},
		{"cgroup", cgroupMax, w.readCgroups},
		{"attr/apparmor/current", 4096, w.readProfile},
	} {
		text, err := w.readFile(asContainer, part.file, "", part.limit)
		if w.explain {
			continue
		}
		if err := part.take(text, err); err != nil {
			return err
		}
	}
	if w.explain {
		w.manner.groups = true
		w.openProcs(asContainer, cgroupRoot, "", " /* in each hierarchy */")
	}
	return nil
}

func (w *world) readCredentials(status []byte, err error) error {
	m := w.manner
	if err != nil {
		return w.refused("can not get process stat", err)
	}
	if m.Credentials, err = target.ParseCredentials(status); err != nil {
		return tool.Failure("can not get process stat: " + err.Error())
	}
	text, err := files.Read("/proc/self/status")
	if err != nil {
		return tool.Failure("can not get process stat: " + diag.Reason(err))
	}
	ours, err := target.ParseCredentials(text)
	if err != nil {
		return tool.Failure("can not get process stat: " + err.Error())
	}
	if err := w.checkUser(); err != nil {
		return err
	}
	if w.spaces[ns.User].wanted {
		if err := w.mapCredentials(); err != nil {
			return err
		}
		ours.Permitted, ours.Bounding = ^uint64(0), ^uint64(0) // by entering; see user_namespaces(7)
	} else {
		m.groups = !slices.Equal(m.Groups, ours.Groups)
	}
	m.limit(ours)
	return nil
}

// checkUser refuses capabilities that are meant for another user namespace than the
// one in which they would be had.
func (w *world) checkUser() error {
	if w.spaces[ns.User].wanted && w.entersTargetsUser() {
		return nil
	}
	var own unix.Stat_t
	theirs, err := w.statUser()
	switch {
	case err != nil:
		return err
	case w.spaces[ns.User].wanted || unix.Stat("/proc/self/ns/user", &own) != nil || own.Ino != theirs:
		return tool.Failure(asContainer + " takes the target's own user namespace (--user or --all)")
	}
	return nil
}

// mapCredentials turns ids as we have them into those of the target's user namespace.
func (w *world) mapCredentials() error {
	m := w.manner
	if _, err := w.mapID("uid_map", &m.UID); err != nil {
		return err
	}
	gids, err := w.mapID("gid_map", &m.GID)
	if err != nil {
		return err
	}
	m.mapGroups(gids)
	denied, _ := w.process.ReadFile("setgroups", 64)
	m.groups = strings.TrimSpace(string(denied)) != "deny"
	return nil
}

func (m *manner) mapGroups(gids []byte) {
	groups := m.Groups
	m.Groups = nil
	var outside []string
	for _, g := range groups {
		if inside, ok := target.Inside(gids, g); ok {
			m.Groups = append(m.Groups, inside)
		} else {
			outside = append(outside, strconv.FormatUint(uint64(g), 10))
		}
	}
	if len(outside) > 0 {
		m.lose("groups that are not mapped in its user namespace: " + strings.Join(outside, " "))
	}
}

func (m *manner) lose(what string) { m.lost = append(m.lost, what) }

// limit leaves of the capabilities what we can have, and names the rest.
func (m *manner) limit(ours target.Credentials) {
	if lacking := m.Permitted &^ ours.Permitted; lacking != 0 {
		m.lose(diag.Capabilities(lacking) + ", which you have not")
	}
	m.Permitted &= ours.Permitted
	m.Effective &= m.Permitted
	if m.UID == 0 {
		// Of a program that uid 0 starts, what may be permitted is permitted; see
		// "Capabilities and execution of programs by root" in capabilities(7).
		m.Bounding &= m.Permitted
		m.Inheritable &= m.Permitted
	}
	// What is not in the bounding set, once that is set, cannot become inheritable.
	had := m.Inheritable
	m.Inheritable &= ours.Inheritable | ours.Bounding&m.Bounding&ours.Permitted
	if forgotten := had &^ m.Inheritable; forgotten != 0 {
		m.lose("inheritable " + diag.Capabilities(forgotten))
	}
	m.Ambient &= m.Permitted & m.Inheritable
	if forgotten := m.Effective &^ m.Ambient; m.UID != 0 && forgotten != 0 {
		m.lose(diag.Capabilities(forgotten) + ", which no program keeps that a uid other than 0 starts")
	}
	m.bounding = ours.Bounding&^m.Bounding != 0
	if m.Seccomp {
		m.lose("its seccomp filter")
	}
}

// readCgroups opens the target's cgroups in every hierarchy in which we are in another.
func (w *world) readCgroups(text []byte, err error) error {
	if err != nil {
		return w.refused("failed to get cgroup path", err)
	}
	own, _ := files.Read("/proc/self/cgroup")
	mounts, _ := files.Read("/proc/self/mountinfo")
	ours, all := proc.ParseCgroups(string(own)), proc.ParseMounts(string(mounts))
	for _, c := range proc.ParseCgroups(string(text)) {
		if slices.Contains(ours, c) {
			continue
		}
		name := "cgroup " + quote.Plain(strings.TrimPrefix(c.Controllers+":"+c.Path, ":"))
		procs, err := w.openProcsOf(c, all)
		if err == unix.ENODEV && c.Controllers == "" && len(ours) > 1 {
			continue // beside those of version 1 it has no controllers, and is not mounted here
		}
		if err == errFrozen {
			return &diag.Error{Text: "the target is frozen", Hint: "in " + name + " nothing runs, nor would the command: resume the container first"}
		}
		if err != nil {
			w.manner.lose(name + " (" + diag.Reason(err) + ")")
			continue
		}
		w.manner.cgroups = append(w.manner.cgroups, membership{procs, name})
	}
	return nil
}

var errFrozen = errors.New("frozen")

// openProcsOf opens cgroup.procs of a cgroup through the first mount that has it.
func (w *world) openProcsOf(c proc.Cgroup, mounts []proc.Mount) (procs int, err error) {
	err = unix.ENODEV
	for _, m := range mounts {
		if !c.Mounted(m) {
			continue
		}
		err = unix.EXDEV
		way, ok := c.Below(m)
		if !ok {
			continue
		}
		if isFrozen(c, m.Point, way) {
			return target.None, errFrozen
		}
		if procs, err = w.openProcs(asContainer, m.Point, way, ""); err == nil {
			return procs, nil
		}
	}
	return target.None, err
}

// readOOM reads how soon the kernel ends the target where memory is short, as the value
// that exec of the runtimes takes over; see proc_pid_oom_score_adj(5). To have less than
// before can take a privilege, which shows when it is written.
func (w *world) readOOM(text []byte, err error) error {
	if err != nil {
		return w.refused("can not get process oom_score_adj", err)
	}
	own, _ := files.Read("/proc/self/oom_score_adj")
	if theirs := strings.TrimSpace(string(text)); theirs != strings.TrimSpace(string(own)) {
		w.manner.oom = theirs
	}
	return nil
}

// readProfile reads what AppArmor confines the target to: "PROFILE (MODE)". Where it
// is not in the kernel there is nothing to read.
func (w *world) readProfile(text []byte, err error) error {
	if err != nil {
		return nil
	}
	own, _ := files.Read("/proc/self/attr/apparmor/current")
	theirs := strings.TrimRight(string(text), "\x00\n")
	if theirs == "" || theirs == strings.TrimRight(string(own), "\x00\n") {
		return nil
	}
	w.manner.profile, _, _ = strings.Cut(theirs, " (")
	return nil
}
