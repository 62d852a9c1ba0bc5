package kernel

import (
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"
)

// chars is text that does not move and stays: of a constant, of the words that the kernel
// put there, or of memory that the lowerer keeps. A uintptr can be written where no
// write of a pointer is allowed; the zero value is no text.
type chars struct{ at, size uintptr }

// charsOf returns the text of s, which somebody else has to keep.
func charsOf(s string) chars {
	return chars{uintptr(unsafe.Pointer(unsafe.StringData(s))), uintptr(len(s))}
}

// charsUpToNUL returns the C string at an address.
func charsUpToNUL(at uintptr) chars {
	c := chars{at, 0}
	for c.byteAt(c.size) != 0 {
		c.size++
	}
	return c
}

func (c chars) byteAt(n uintptr) byte {
	at := c.at + n
	return **(**byte)(unsafe.Pointer(&at))
}

func (c chars) string() string {
	return unsafe.String(*(**byte)(unsafe.Pointer(&c.at)), c.size)
}

// A phrase says what has failed, in up to three parts.
type phrase [3]chars

func (m *phrase) isThere() bool { return m[0].size != 0 }

// report writes "NAME: what failed: reason", in one call, so that lines of two processes do
// not mix.
func (p *program) report(what *phrase, errno syscall.Errno) {
	reason := chars{}
	if uintptr(errno) < uintptr(len(p.reasons)) {
		reason = charsOf(p.reasons[errno])
	}
	var number [4]byte
	digits := chars{at: uintptr(unsafe.Pointer(&number))}
	if reason.size == 0 {
		reason = charsOf("Unknown error ")
		digits.size = putNumber(&number, uintptr(errno))
	}
	name, colon := p.name, charsOf(": ")
	begin := colon
	if p.bare {
		name, begin = chars{}, chars{}
	}
	line := [...]chars{name, begin, what[0], what[1], what[2], colon, reason, digits, charsOf("\n")}
	write(&line)
}

// tell writes a line that needs no reason.
func (p *program) tell(text chars) {
	name, colon := p.name, charsOf(": ")
	if p.bare {
		name, colon = chars{}, chars{}
	}
	line := [9]chars{name, colon, text, charsOf("\n")}
	write(&line)
}

// tellHint writes a hint that needs no look.
func (p *program) tellHint(hint chars) {
	line := [9]chars{p.name, charsOf(": hint: "), hint, charsOf("\n")}
	write(&line)
}

// write writes to standard error; chars is laid out as the iovec of writev(2).
func write(line *[9]chars) {
	rawCall(unix.SYS_WRITEV, 2, uintptr(unsafe.Pointer(line)), uintptr(len(line)))
}

// putNumber writes a number below 10,000, an errno or a descriptor, and returns how many
// digits it has.
func putNumber(b *[4]byte, n uintptr) (digits uintptr) {
	for divisor := uintptr(1000); divisor > 0; divisor /= 10 {
		if digits > 0 || n >= divisor || divisor == 1 {
			b[digits&3] = byte('0' + n/divisor%10)
			digits++
		}
	}
	return digits
}
