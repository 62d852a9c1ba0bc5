package kernel

import "unsafe"

const wordBits = 8 * unsafe.Sizeof(uintptr(0))

// cpuSet is the mask of sched_setaffinity(2), for the first 1,024 processors.
type cpuSet [1024 / wordBits]uintptr

// add puts a processor into the set, and reports whether its number is in range.
//
//go:nosplit
func (s *cpuSet) add(cpu uintptr) bool {
	if cpu >= uintptr(len(s))*wordBits {
		return false
	}
	s[cpu/wordBits] |= 1 << (cpu % wordBits)
	return true
}
