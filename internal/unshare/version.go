package unshare

import "strconv"

// Version is that of nstools.
const Version = "0.1.0"

func itoa(n int) string { return strconv.Itoa(n) }
