// Package container finds processes by the names that people have for them: those of
// containers, of pods, of units and machines of systemd, of network namespaces, and of
// programs.
//
// What it knows comes from three places. The state files of the runtimes have names, ids
// and processes ([Catalog]). The cgroups of processes, below /proc, have ids, of which
// the files may know nothing. And a runtime's own client is asked last, where neither
// helps and the runtime is there ([Ask]).
//
// All of that was written by others, and a number in a file is not a process: what is
// found carries the proof that a process, once it is held, is the one meant; see
// [Found.Check].
package container
