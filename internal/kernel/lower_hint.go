package kernel

import (
	"unsafe"

	"nstools/internal/plan"
)

// hint keeps what explains this call's failure, and returns it.
func (l *lowerer) hint(c plan.Call) hintSpec {
	args := make([]Chars, 0, len(c.Args))
	for _, a := range c.Args {
		if a.Kind == plan.Memory {
			l.keep = append(l.keep, a.Data)
			args = append(args, Chars{uintptr(unsafe.Pointer(unsafe.SliceData(a.Data))), uintptr(len(a.Data))})
		} else {
			args = append(args, l.chars(a.String()))
		}
	}
	l.args = append(l.args, args)
	return hintSpec{l.chars(l.option), l.chars(c.Name), uintptr(unsafe.Pointer(unsafe.SliceData(args))), uintptr(len(args)), c.Why}
}
