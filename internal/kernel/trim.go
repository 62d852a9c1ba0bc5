package kernel

import (
	"unsafe"

	"golang.org/x/sys/unix"
)

// span is a range of memory, in whole pages.
type span struct{ at, size uintptr }

// spans holds the read-only segments of this program, of which the linker makes two.
type spans [4]span

// Keys of what the kernel says about this program. See: getauxval(3).
const (
	atPHDR, atPHNUM, atPAGESZ = 3, 5, 6
	atSECURE                  = 23
)

// programHeader is Elf64_Phdr.
type programHeader struct {
	kind, flags uint32
	_, at, _, _ uint64 // its place in the file, in memory, the physical one; its size in the file
	size, _     uint64 // in memory
}

// readOnly returns this program's own text and constants, by the program headers that the kernel
// points to. Their pages can be freed: the page cache has them when they are needed again.
func readOnly(headers, count, page uintptr) (found spans) {
	const ptLoad, pfWrite = 1, 2
	if wordSize != 8 || headers == 0 || page == 0 {
		return spans{}
	}
	n := 0
	for ; count > 0 && n < len(found); count-- {
		h := *(**programHeader)(unsafe.Pointer(&headers))
		if h.kind == ptLoad && h.flags&pfWrite == 0 {
			found[n] = span{uintptr(h.at) &^ (page - 1), uintptr(h.size)} // the kernel rounds the size up
			n++
		}
		headers += unsafe.Sizeof(programHeader{})
	}
	return found
}

// trim frees memory that a waiting process does not need: two of its three megabytes, and the stack
// below this frame.
func (p *program) trim() {
	const page, pages = 4096, 16
	// The frame of the call itself is below this one, and stays.
	var here byte
	end := (uintptr(unsafe.Pointer(&here)) - 1024) &^ (page - 1)
	rawCall(unix.SYS_MADVISE, end-pages*page, pages*page, unix.MADV_DONTNEED) // frees those that are in use
	for n := range p.trimmed {
		if s := &p.trimmed[n]; s.size != 0 {
			rawCall(unix.SYS_MADVISE, s.at, s.size, unix.MADV_DONTNEED)
		}
	}
}
