package kernel

import (
	"unsafe"

	"golang.org/x/sys/unix"
)

// span is a range of memory, in whole pages.
type span struct{ at, size uintptr }

// spans are the read-only segments of our program, of which the linker makes two.
type spans [4]span

// What the kernel tells of our program; see getauxval(3).
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

// readOnly finds our own text and constants through the program headers that the
// kernel points to. They can be given back: a page that is wanted again comes from
// the page cache.
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

// trim gives back what a process that only waits does not need: two of its
// three megabytes, and what of the stack is below us.
func (p *program) trim() {
	const page, pages = 4096, 16
	// The frame of the call itself is below ours, and stays.
	var here byte
	end := (uintptr(unsafe.Pointer(&here)) - 1024) &^ (page - 1)
	rawCall(unix.SYS_MADVISE, end-pages*page, pages*page, unix.MADV_DONTNEED) // those that are there
	for n := range p.trimmed {
		if s := &p.trimmed[n]; s.size != 0 {
			rawCall(unix.SYS_MADVISE, s.at, s.size, unix.MADV_DONTNEED)
		}
	}
}
