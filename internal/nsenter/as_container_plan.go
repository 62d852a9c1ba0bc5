package nsenter

import (
	"strings"

	"golang.org/x/sys/unix"

	"nstools/internal/plan"
)

// reportLost prints what the command runs without.
func (c *compiler) reportLost() {
	if c.attributes != nil && len(c.attributes.lost) > 0 {
		c.plan.Add(asContainer, plan.Warning{Text: "not as the target runs: without " + strings.Join(c.attributes.lost, "; ")})
	}
}

// followProfile has AppArmor confine the command as it confines the target.
// See: aa_change_onexec(2).
func (c *compiler) followProfile() {
	if c.attributes != nil && c.attributes.profile != "" {
		const file = "/proc/self/attr/apparmor/exec"
		cannot := "failed to set the profile of AppArmor"
		c.plan.Add(asContainer, plan.WriteFile(file, "exec "+c.attributes.profile, cannot, cannot, false)...)
	}
}

// followOOM takes over how soon the kernel ends the target where memory is short. A refusal
// is printed, and the command runs.
func (c *compiler) followOOM() {
	if c.attributes == nil || c.attributes.oom == "" {
		return
	}
	const cannot = "cannot take over the target's oom_score_adj"
	c.plan.Add(asContainer, plan.TryWriteFile("/proc/self/oom_score_adj", c.attributes.oom, cannot))
}

// joinContainer joins the target's cgroups. A process that waits for the command stays
// outside. A refusal of one hierarchy is printed, and the limits of the others hold.
func (c *compiler) joinContainer() {
	if c.explain {
		c.plan.Add(asContainer, plan.Write(plan.Flags(0, "procs"), "0", ""))
	}
	for _, m := range c.attributes.cgroups {
		procs := descriptor(m.procs, "procs")
		join := plan.Write(procs, "0", "cannot join "+m.name)
		join.Warn = true
		c.plan.Add(asContainer, join, plan.CloseFD(procs))
	}
}

// takeCredentials takes over the target's credentials, in an order in which each step still
// has the capability that it needs.
func (c *compiler) takeCredentials() {
	t := c.attributes
	uid, gid := t.UID, t.GID
	if c.SetUID != nil {
		uid = c.SetUID.value(c.ids.UID)
	}
	if c.SetGID != nil {
		gid = c.SetGID.value(c.ids.GID)
	}
	groups, set := t.Groups, t.groups
	if c.SetUID != nil || c.SetGID != nil {
		// The target's groups belong to the target's user. In a user namespace, groups
		// reports whether they may be set at all.
		groups, set = nil, t.groups || !c.user
	}
	var ops []plan.Op
	if t.bounding {
		ops = append(ops, plan.LimitBounding{Keep: t.Bounding})
	}
	if set {
		ops = append(ops, plan.Setgroups(groups))
	}
	keep := plan.Prctl("PR_SET_KEEPCAPS", unix.PR_SET_KEEPCAPS, 1)
	ops = append(ops, keep, plan.Setgid(gid), plan.Setuid(uid), plan.Capset(t.Effective, t.Permitted, t.Inheritable))
	ops = append(ops, plan.Ambient(t.Ambient)...)
	if t.NoNewPrivs {
		ops = append(ops, plan.Prctl("PR_SET_NO_NEW_PRIVS", unix.PR_SET_NO_NEW_PRIVS, 1))
	}
	if c.explain {
		ops = []plan.Op{plan.Done{Call: "prctl(PR_CAPBSET_DROP), setgroups(), setgid(), setuid(), capset(), prctl(PR_CAP_AMBIENT), prctl(PR_SET_NO_NEW_PRIVS) /* to the target's */"}}
	}
	c.plan.Add(asContainer, ops...)
}
