package kernel

import (
	_ "unsafe" // for go:linkname

	"golang.org/x/sys/unix"
)

// getAuxv returns the vector of getauxval(3), in pairs of a type and a value.
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

// Privileged reports whether the executable file gave this process rights that the caller lacks:
// set-user-ID, set-group-ID or file capabilities. AT_SECURE alone is also set for a caller whose
// real and effective ids differ. See: getauxval(3).
func Privileged() bool {
	if !isSecure() {
		return false
	}
	var st unix.Stat_t
	if unix.Stat(Self, &st) != nil || st.Mode&(unix.S_ISUID|unix.S_ISGID) != 0 {
		return true
	}
	_, err := unix.Getxattr(Self, "security.capability", nil)
	return err == nil
}

// isSecure reports whether the kernel or a security module says that the program has more rights
// than its caller. See: AT_SECURE in getauxval(3).
func isSecure() bool {
	return auxiliary(atSECURE) != 0
}
