package kernel

import "unsafe"

// bytes keeps b alive and returns its address.
func (l *lowerer) bytes(b []byte) uintptr {
	l.keep = append(l.keep, b)
	return uintptr(unsafe.Pointer(unsafe.SliceData(b)))
}

// chars keeps s alive and returns it.
func (l *lowerer) chars(s string) Chars {
	l.kept = append(l.kept, s)
	return CharsOf(s)
}

// cstring returns the address of s with a NUL byte at its end. Arguments and environment have one
// in the kernel's memory, and are not copied.
func (l *lowerer) cstring(s string) uintptr {
	start := unsafe.Pointer(unsafe.StringData(s))
	if s != "" && uintptr(start) >= l.from && uintptr(start)+uintptr(len(s)) < l.to && *(*byte)(unsafe.Add(start, len(s))) == 0 {
		return uintptr(start)
	}
	if len(l.arena) <= len(s) {
		l.arena = make([]byte, max(4096, len(s)+1))
		l.keep = append(l.keep, l.arena)
	}
	b := l.arena[:len(s)+1]
	l.arena = l.arena[len(s)+1:]
	copy(b, s)
	return uintptr(unsafe.Pointer(unsafe.SliceData(b)))
}

// vector returns an array of C strings with a NULL at its end.
func (l *lowerer) vector(ss []string) []uintptr {
	v := make([]uintptr, 0, len(ss)+1)
	for _, s := range ss {
		v = append(v, l.cstring(s))
	}
	v = append(v, 0)
	l.words = append(l.words, v)
	return v
}
