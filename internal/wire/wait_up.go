package wire

import (
	"time"

	"nstools/internal/link"
)

// operUp is IF_OPER_UP. See: RFC 2863.
const operUp = 6

// WaitUp waits until the new devices are shown as up. The kernel notes that by a task of its
// own: a moment later, or up to a second if it has just done so. WaitUp gives up after two
// seconds, or if a device has gone, for the devices are connected by then.
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
