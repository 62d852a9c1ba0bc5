package plan

import (
	"strconv"

	"nstools/internal/quote"
)

// An Arg is one argument of a [Call].
type Arg struct {
	Kind ArgKind
	Num  uintptr // Number
	Data []byte  // Memory
	Slot Slot    // the kinds that name a slot
	Text string  // symbolic form of a Number or of Memory; "" for the plain number
}

// ArgKind says where the value of an [Arg] comes from.
type ArgKind uint8

const (
	Number     ArgKind = iota
	Memory             // address of Data
	SlotValue          // what the slot holds
	SlotAddr           // address of the slot, eight bytes long
	SlotFirst          // first of two 32-bit integers in the slot, as pipe2(2) leaves them
	SlotSecond         // second of the two
)

// Int returns a plain number.
func Int(n int) Arg { return Arg{Num: uintptr(n)} }

// Flags returns a number with the names that strace(1) prints.
func Flags(n uintptr, text string) Arg { return Arg{Num: n, Text: text} }

// Null returns a null pointer.
func Null() Arg { return Arg{Text: "NULL"} }

// Path returns a string that ends with a NUL byte.
func Path(s string) Arg {
	b := make([]byte, len(s)+1)
	copy(b, s)
	return Arg{Kind: Memory, Data: b, Text: quote.C(s)}
}

// Bytes returns memory with its printable form.
func Bytes(b []byte, text string) Arg { return Arg{Kind: Memory, Data: b, Text: text} }

// FromSlot returns what an earlier call left in a slot.
func FromSlot(s Slot, text string) Arg { return Arg{Kind: SlotValue, Slot: s, Text: text} }

// SlotAddress returns the address of a slot, to which a call writes eight bytes.
func SlotAddress(s Slot, text string) Arg { return Arg{Kind: SlotAddr, Slot: s, Text: text} }

// String returns the argument as strace(1) prints it.
func (a Arg) String() string {
	if a.Text != "" {
		return a.Text
	}
	return strconv.Itoa(int(a.Num))
}
