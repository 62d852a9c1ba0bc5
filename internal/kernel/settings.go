//go:build !cgo && (amd64 || arm64 || riscv64)

package kernel

import "unsafe"

// startWords is argv as the kernel put it on the stack: the words, NULL, the environment,
// NULL. Their number is in front of it. Written by the hook.
var startWords uintptr

// startCount is the number of words of the command line. It is false where what the hook
// found is not argv, as it would not be if a later runtime kept it somewhere else.
//
//go:nosplit
func startCount() (count uintptr, ok bool) {
	const most = 1 << 23 // of words that execve(2) passes
	at := startWords
	if at == 0 || at%wordSize != 0 {
		return 0, false
	}
	count = wordAt(at - wordSize)
	return count, count <= most && wordAt(at+count*wordSize) == 0
}

//go:nosplit
func startWord(n uintptr) *byte {
	at := wordAt(startWords + n*wordSize)
	return *(**byte)(unsafe.Pointer(&at))
}

// isHint tells whether we were started to look for the cause of a failure; see hintName.
//
//go:nosplit
func isHint() bool {
	count, ok := startCount()
	return ok && count > 0 && isWord(startWord(0), hintName)
}

// turnSettings has the runtime see none of the caller's settings for Go programs (GOGC,
// GOMAXPROCS, GOMEMLIMIT, GODEBUG, GOTRACEBACK): they are for his own, not for us. With
// some of them the runtime prints to standard error, takes seconds, or does not start. It
// reads them before any package is there, and so the hook changes their names. To do it
// twice changes nothing, whatever the environment holds: names that begin with GO and
// those that begin with \1O change places.
//
//go:nosplit
func turnSettings() {
	count, ok := startCount()
	if !ok {
		return
	}
	for n := count + 1; startWord(n) != nil; n++ {
		turnName(startWord(n))
	}
}

//go:nosplit
func turnName(name *byte) {
	const other = 1 ^ 'G'
	if (*name == 'G' || *name == 'G'^other) && *(*byte)(unsafe.Add(unsafe.Pointer(name), 1)) == 'O' {
		*name ^= other
	}
}

// showSettings ends what the hook began, in the memory that the kernel filled and in the
// runtime's copy of it. The command gets them as they were.
func showSettings() {
	if _, ok := startCount(); !ok {
		return
	}
	turnSettings()
	secure := isSecure()
	for _, s := range runtimeEnvs() {
		// The runtime's own word cannot be written to.
		if len(s) > 1 && !(secure && s == secureSetting) {
			turnName(unsafe.StringData(s))
		}
	}
}
