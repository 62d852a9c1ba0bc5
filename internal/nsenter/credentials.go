package nsenter

import (
	"nstools/internal/ns"
	"nstools/internal/plan"
)

// setCredentials sets the ids that were asked for. In a user namespace they are 0 by
// default, and groups that could be given up neither outside nor inside are an error.
func (c *compiler) setCredentials() {
	if c.attributes != nil {
		c.joinContainer()
		c.takeCredentials()
		return
	}
	byDefault := c.user && !c.Preserve
	user := c.namespaces[ns.User].why
	if c.SetGID != nil || byDefault {
		why, set := user, plan.Setgid(0)
		if c.SetGID != nil {
			why, set = "--setgid", c.follow(plan.Setgid(c.SetGID.value(c.ids.GID)), c.SetGID)
		}
		drop := plan.DropGroups()
		if drop.Unless = slotGroups; !byDefault {
			drop = plan.TryDropGroups(slotGroups)
		}
		c.plan.Add(why, drop, set)
	}
	if c.SetUID != nil || byDefault {
		why, set := user, plan.Setuid(0)
		if c.SetUID != nil {
			why, set = "--setuid", c.follow(plan.Setuid(c.SetUID.value(c.ids.UID)), c.SetUID)
		}
		c.plan.Add(why, set)
	}
	if c.KeepCaps && c.user {
		c.plan.Add("--keep-caps", plan.RaiseAmbient{})
	}
}

// follow describes an id that an explanation has not looked up.
func (c *compiler) follow(set plan.Call, i *id) plan.Call {
	if i.follow && c.explain {
		set.Args[0].Text = "the target's"
	}
	return set
}

func (i *id) value(followed uint32) uint32 {
	if i.follow {
		return followed
	}
	return i.n
}

// commandUID returns the user id that the command gets; false where the caller's stays.
func (c *compiler) commandUID() (uint32, bool) {
	switch {
	case c.SetUID != nil:
		return c.SetUID.value(c.ids.UID), true
	case c.attributes != nil:
		return c.attributes.UID, true
	}
	return 0, c.user && !c.Preserve
}
