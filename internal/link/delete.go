package link

import (
	"golang.org/x/sys/unix"

	"nstools/internal/rtnl"
)

// deleteAll sends what the kernel has reported back to it as requests of a kind, such as
// RTM_DELROUTE, until it refuses one. The error is an *rtnl.Error.
func deleteAll[T any](conn *rtnl.Conn, kind int, list []T, message func(*T) []byte, harmless ...unix.Errno) error {
	messages := make([][]byte, len(list))
	for i := range list {
		messages[i] = message(&list[i])
	}
	return conn.ChangeAll(kind, messages, harmless...)
}
