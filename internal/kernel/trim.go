package kernel

import (
	"encoding/binary"
	"unsafe"

	"golang.org/x/sys/unix"
)

// span is a range of memory, in whole pages.
type span struct{ at, size uintptr }

// readOnly finds our own text and constants through the program headers that the
// kernel points to. They can be given back: a page that is wanted again comes from
// the page cache.
func readOnly() (spans []span) {
	const (
		atPHDR, atPHNUM, atPAGESZ = 3, 5, 6
		ptLoad, pfWrite           = 1, 2
		headerSize                = 56 // Elf64_Phdr
	)
	headers, count, page := auxiliary(atPHDR), auxiliary(atPHNUM), auxiliary(atPAGESZ)
	if unsafe.Sizeof(headers) != 8 || headers == 0 || page == 0 {
		return nil
	}
	table := unsafe.Slice(*(**byte)(unsafe.Pointer(&headers)), count*headerSize)
	for ; len(table) >= headerSize; table = table[headerSize:] {
		ne := binary.NativeEndian
		if ne.Uint32(table) != ptLoad || ne.Uint32(table[4:])&pfWrite != 0 {
			continue
		}
		at, size := uintptr(ne.Uint64(table[16:])), uintptr(ne.Uint64(table[40:]))
		spans = append(spans, span{at &^ (page - 1), size}) // the kernel rounds the size up
	}
	return spans
}

// trim gives back what a process that only waits does not need: two of its
// three megabytes.
func (p *program) trim() {
	for _, s := range p.trimmed {
		rawCall(unix.SYS_MADVISE, s.at, s.size, unix.MADV_DONTNEED)
	}
}
