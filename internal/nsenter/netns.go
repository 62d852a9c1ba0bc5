package nsenter

import (
	"nstools/internal/diag"
	"nstools/internal/netns"
	"nstools/internal/ns"
	"nstools/internal/quote"
	"nstools/internal/target"
	"nstools/internal/tool"
)

// openNetns opens the network namespace that a target names. A process stands for it
// nowhere: several may be in it, and one that another user has put there would lead into
// that user's other namespaces.
func (o *opened) openNetns(word, name string) (err error) {
	path := netns.Path(name)
	o.netns = word
	if o.Kinds[ns.Net].file != nil { // --net=FILE takes its place
		return nil
	}
	net := &o.namespaces[ns.Net]
	net.byPath = true
	if o.Kinds[ns.Net].given || o.All {
		net.want("--net")
	}
	if net.fd, err = o.openNamespace("--target", path, "net"); err != nil {
		net.fd = target.None
		return tool.Failure("cannot open " + path + ": " + diag.Reason(err))
	}
	return nil
}

// chooseNetns refuses options that need a process, where the target is a network namespace.
func (o *opened) chooseNetns() error {
	if o.netns == "" {
		return nil
	}
	for _, needs := range o.processOptions() {
		if needs.given {
			return &diag.Error{
				Text: quote.Plain(o.netns) + " is a network namespace and no process, which " + needs.option + " takes",
				Hint: "several processes may be in it: see gonetns pids, and give the number of one",
			}
		}
	}
	return nil
}

type processOption struct {
	option string
	given  bool
	kind   uintptr // flag of the namespace that it asks for, 0 for anything else
}

// processOptions returns the options that take something of the target other than its
// network namespace, and whether they are given.
func (o *opened) processOptions() []processOption {
	list := []processOption{
		{option: "--tools", given: o.Tools != nil},
		{option: asContainer, given: o.AsContainer},
		{option: "--root", given: o.Root.target},
		{option: "--wd", given: o.Dir.target},
		{option: "--env", given: o.readsEnv()},
		{option: "--setuid=follow", given: o.SetUID != nil && o.SetUID.follow},
		{option: "--setgid=follow", given: o.SetGID != nil && o.SetGID.follow},
		{option: "--join-cgroup", given: o.JoinCgroup},
		{option: "--follow-context", given: o.Context},
		{option: "--net-socket", given: o.Socket != nil},
		{option: "--list", given: o.List.wanted},
	}
	for i, choice := range o.Kinds {
		if i != ns.Net {
			list = append(list, processOption{"--" + ns.Kinds[i].Option, choice.given && choice.file == nil, ns.Kinds[i].Flag})
		}
	}
	return list
}

// wantsOnlyPodKinds reports whether the command line asks only for what all containers of a
// pod share.
func (o *opened) wantsOnlyPodKinds() bool {
	if o.wantsOtherThan(ns.Pod) {
		return false
	}
	for i, choice := range o.Kinds {
		if choice.given && choice.file == nil && ns.Kinds[i].Flag&ns.Pod != 0 {
			return true
		}
	}
	return false
}

// wantsOtherThan reports whether the command line asks the target for more than namespaces
// of some kinds.
func (o *opened) wantsOtherThan(kinds uintptr) bool {
	for _, needs := range o.processOptions() {
		if needs.given && needs.kind&kinds == 0 {
			return true
		}
	}
	return o.entersAll() || o.UserParent
}
