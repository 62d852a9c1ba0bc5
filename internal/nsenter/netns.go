package nsenter

import (
	"golang.org/x/sys/unix"

	"nstools/internal/diag"
	"nstools/internal/files"
	"nstools/internal/netns"
	"nstools/internal/ns"
	"nstools/internal/plan"
	"nstools/internal/quote"
	"nstools/internal/target"
	"nstools/internal/tool"
)

// openNetns opens the network namespace that a target names. It stands for no process:
// several may be in it, and one that somebody else put there would lead into his places.
func (w *world) openNetns(word, name string) (err error) {
	path := netns.Path(name)
	w.netns = word
	w.record("--target", plan.Opened("AT_FDCWD", path, "O_RDONLY", "net"))
	if w.Kinds[netKind].file != nil { // --net=FILE counts
		return nil
	}
	net := &w.spaces[netKind]
	net.named = true
	if w.Kinds[netKind].given || w.All {
		net.want("--net")
	}
	if w.explain {
		return nil
	}
	net.fd, err = files.OpenNamespace(path)
	if err != nil {
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
}

// processOptions are the options that take something of the target but its network
// namespace, and whether they are given.
func (w *world) processOptions() []processOption {
	list := []processOption{
		{"--tools", w.Tools != nil}, {asContainer, w.AsContainer}, {"--root", w.Root.target}, {"--wd", w.Dir.target}, {"--env", w.readsEnv()},
		{"--setuid=follow", w.SetUID != nil && w.SetUID.follow}, {"--setgid=follow", w.SetGID != nil && w.SetGID.follow},
		{"--join-cgroup", w.JoinCgroup}, {"--follow-context", w.Context}, {"--net-socket", w.Socket != nil}, {"--list", w.List.wanted},
	}
	for i, choice := range w.Kinds {
		if i != netKind {
			list = append(list, processOption{"--" + ns.Kinds[i].Option, choice.given && choice.file == nil})
		}
	}
	return list
}

// podsKinds are the kinds that all containers of a pod share with what keeps the pod.
const podsKinds = unix.CLONE_NEWNET | unix.CLONE_NEWIPC | unix.CLONE_NEWUTS

// wantsOnlyPods reports whether nothing is asked for that one container of a pod has and
// another has not.
func (w *world) wantsOnlyPods() bool {
	if w.wantsOtherThan(podsKinds) {
		return false
	}
	for i, choice := range w.Kinds {
		if choice.given && choice.file == nil && ns.Kinds[i].Flag&podsKinds != 0 {
			return true
		}
	}
	return false
}

// wantsOtherThan reports whether anything is asked for of the target but namespaces of some
// kinds.
func (w *world) wantsOtherThan(kinds uintptr) bool {
	for _, o := range w.processOptions() {
		if kind := kindOfOption(o.option); o.given && (kind < 0 || ns.Kinds[kind].Flag&kinds == 0) {
			return true
		}
	}
	return w.entersAll() || w.UserParent
}

func kindOfOption(option string) int {
	for i, k := range ns.Kinds {
		if option == "--"+k.Option {
			return i
		}
	}
	return -1
}
