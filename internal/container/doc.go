// Package container finds processes by the names that users know: of containers, of pods,
// of units and machines of systemd, and of programs. It finds network namespaces by their
// names, too.
//
// What it knows comes from three sources. The state files of the runtimes have names, ids
// and processes ([Catalog]). The tree of cgroups has names and ids that files may lack. A
// runtime's own client is asked last, where neither helps and the host uses the runtime.
//
// # Evidence has an owner
//
// All of that was written by others, and an ordinary user may have written it to lead root
// astray. A process found for a name may be used only if every piece of evidence that led
// to it was made by the owner of that name: root for the system's names, and a user for
// that user's own.
//
//   - A cgroup is the word of the user who owns every directory from the root of the
//     hierarchy down to it. A state file is the word of the user who owns it and every
//     directory above it, if no other user may write there. The rule is [evidence.below].
//     [handle.open] opens files, and applies the rule to each part of a path.
//   - Records of two users are never merged: the owner is a part of [key].
//   - Everything below the cgroup of a container is the container's, whatever it is
//     called. The outermost counts, by its name ([claimOf]) or because a state file names
//     it ([Catalog.assignCgroups]).
//   - Text that a process chooses itself, such as its arguments, counts only if its ids
//     or its cgroup are the owner's.
//
// A number in a file is not a process. What is found carries the proof that a process, once
// it is held, is the one meant; see [Found.Check].
package container
