package nsenter

import (
	"nstools/internal/diag"
	"nstools/internal/netns"
	"nstools/internal/ns"
	"nstools/internal/quote"
	"nstools/internal/target"
	"nstools/internal/tool"
)

// openNetns opens the network namespace that a target names. It stands for no process:
// several may be in it, and one that somebody else put there would lead into his places.
func (w *world) openNetns(word, name string) (err error) {
	path := netns.Path(name)
	w.netns = word
	if w.Kinds[ns.Net].file != nil { // --net=FILE counts
		return nil
	}
	net := &w.spaces[ns.Net]
	net.named = true
	if w.Kinds[ns.Net].given || w.All {
		net.want("--net")
	}
	if net.fd, err = w.openNamespace("--target", path, "net"); err != nil {
		net.fd = target.None
		return tool.Failure("cannot open " + path + ": " + diag.Reason(err))
	}
	return nil
}

// chooseNetns refuses what only a process has, where the target is a network namespace.
func (w *world) chooseNetns() error {
	if w.netns == "" {
		return nil
	}
	for _, needs := range w.processOptions() {
		if needs.given {
			return &diag.Error{
				Text: quote.Plain(w.netns) + " is a network namespace and no process, which " + needs.option + " takes",
				Hint: "several processes may be in it: see gonetns pids, and give the number of one",
			}
		}
	}
	return nil
}

type processOption struct {
	option string
	given  bool
	kind   uintptr // flag of the namespace that it asks for, 0 for another thing
}

// processOptions are the options that take something of the target but its network
// namespace, and whether they are given.
func (w *world) processOptions() []processOption {
	list := []processOption{
		{option: "--tools", given: w.Tools != nil},
		{option: asContainer, given: w.AsContainer},
		{option: "--root", given: w.Root.target},
		{option: "--wd", given: w.Dir.target},
		{option: "--env", given: w.readsEnv()},
		{option: "--setuid=follow", given: w.SetUID != nil && w.SetUID.follow},
		{option: "--setgid=follow", given: w.SetGID != nil && w.SetGID.follow},
		{option: "--join-cgroup", given: w.JoinCgroup},
		{option: "--follow-context", given: w.Context},
		{option: "--net-socket", given: w.Socket != nil},
		{option: "--list", given: w.List.wanted},
	}
	for i, choice := range w.Kinds {
		if i != ns.Net {
			list = append(list, processOption{"--" + ns.Kinds[i].Option, choice.given && choice.file == nil, ns.Kinds[i].Flag})
		}
	}
	return list
}

// wantsOnlyPods reports whether nothing is asked for that one container of a pod has and
// another has not.
func (w *world) wantsOnlyPods() bool {
	if w.wantsOtherThan(ns.Pod) {
		return false
	}
	for i, choice := range w.Kinds {
		if choice.given && choice.file == nil && ns.Kinds[i].Flag&ns.Pod != 0 {
			return true
		}
	}
	return false
}

// wantsOtherThan reports whether anything is asked for of the target but namespaces of some
// kinds.
func (w *world) wantsOtherThan(kinds uintptr) bool {
	for _, o := range w.processOptions() {
		if o.given && o.kind&kinds == 0 {
			return true
		}
	}
	return w.entersAll() || w.UserParent
}
