// Package idmap does the arithmetic of user and group id maps: it parses the
// ranges a user asks for, makes room in them for a single mapped id and
// renders the result for the kernel or for newuidmap(1).
//
// It touches no files and makes no system calls. Ids are unsigned 32-bit
// numbers and 4294967295 is no id at all, as user_namespaces(7) has it; sums
// of them are computed in 64 bits, so that no range wraps around to low ids.
package idmap
