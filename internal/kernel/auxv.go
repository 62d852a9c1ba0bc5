package kernel

import _ "unsafe" // for go:linkname

// getAuxv is the vector of getauxval(3), in pairs of a type and a value.
//
//go:linkname getAuxv runtime.getAuxv
func getAuxv() []uintptr

func auxiliary(kind uintptr) uintptr {
	auxv := getAuxv()
	for i := 0; i+1 < len(auxv); i += 2 {
		if auxv[i] == kind {
			return auxv[i+1]
		}
	}
	return 0
}

// Privileged tells whether the executable gave us rights that the caller has
// not: set-user-ID, set-group-ID or file capabilities. See AT_SECURE in getauxval(3).
func Privileged() bool {
	const atSecure = 23
	return auxiliary(atSecure) != 0
}
