package wire

import (
	"time"

	"nstools/internal/link"
)

// IF_OPER_UP, RFC 2863.
const operUp = 6

// Settle waits until what was just connected is up for whoever looks: the kernel notes
// that by a task of its own, a moment later or, if it has just done so for others, up to
// a second. It waits no longer than two; then, or where a device has gone already,
// connecting was all that was promised.
func (c *Connection) WaitUp() {
	const longest, pause = 2 * time.Second, 2 * time.Millisecond
	ends := []Endpoint{c.A, c.B}
	if c.Bridge != "" {
		ends = append(ends, Endpoint{NS: c.A.NS, Device: c.Bridge})
	}
	for end := time.Now().Add(longest); len(ends) > 0; time.Sleep(pause) {
		for len(ends) > 0 {
			d, err := link.Find(ends[0].NS.conn, ends[0].Device)
			if err == nil && d.OperState != operUp {
				break
			}
			ends = ends[1:]
		}
		if time.Now().After(end) {
			return
		}
	}
}
