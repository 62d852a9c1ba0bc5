//go:build !cgo && (amd64 || arm64 || riscv64)

package kernel

import "unsafe"

// startWords is the address of argv as the kernel put it on the stack: the words, NULL, the
// environment, NULL. The number of words is in front of it. The hook writes it.
var startWords uintptr

// startCount returns the number of words of the command line. It returns false if startWords is not
// argv: a later runtime may keep argv elsewhere.
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

// isHint reports whether this process was started to look for the cause of a failure; see
// hintName.
//
//go:nosplit
func isHint() bool {
	count, ok := startCount()
	return ok && count > 0 && isWord(startWord(0), hintName)
}

// turnSettings hides the caller's settings for Go programs (GOGC, GOMAXPROCS, GOMEMLIMIT, GODEBUG,
// GOTRACEBACK) from this program's runtime: they are meant for the caller's own programs. With some
// of them the runtime prints to standard error, takes seconds, or does not start. The runtime reads
// them before any package is initialised, so the hook changes their names: it exchanges GO and \1O
// at the beginning of names. A second call undoes the first, in every environment.
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

// showSettings undoes turnSettings, in the kernel's memory and in the runtime's copy of it. So the
// command gets the settings unchanged.
func showSettings() {
	if _, ok := startCount(); !ok {
		return
	}
	turnSettings()
	secure := isSecure()
	for _, s := range runtimeEnvs() {
		// The runtime's own string cannot be written to.
		if len(s) > 1 && !(secure && s == secureSetting) {
			turnName(unsafe.StringData(s))
		}
	}
}
