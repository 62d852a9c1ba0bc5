// Package container finds processes by the names that people have for them: those of
// containers, of pods, of units and machines of systemd, and of programs; and network
// namespaces by theirs.
//
// What it knows comes from three places. The state files of the runtimes have names, ids
// and processes ([Catalog]). The tree of cgroups has names and ids of which the files may
// know nothing. And a runtime's own client is asked last, where neither helps and the
// runtime is there.
//
// # Evidence has an owner
//
// All of that was written by others, and others than root may have written it to lead root
// astray. A process found for a name may be used only if every piece of evidence that led
// to it was made by the owner of that name: root for what is the system's, and a user for
// what is his.
//
//   - A cgroup is the word of the user who owns every directory from the root of the
//     hierarchy down to it, and a state file that of the user who owns it and every
//     directory above it, if no other may write there. The rule is [evidence.below]; what
//     is opened is opened by [handle.open], which applies it to each part of a path.
//   - Records of two users are never merged: the owner is a part of [key].
//   - What is below the cgroup of a container is that container's, whatever it is called:
//     the outermost counts, by its name ([claimOf]) or because a state file tells of it
//     ([Catalog.assignCgroups]).
//   - Text that a process chooses itself, such as its arguments, counts only where its ids
//     or its cgroup are those of the owner.
//
// A number in a file is not a process: what is found carries the proof that a process,
// once it is held, is the one meant; see [Found.Check].
package container
