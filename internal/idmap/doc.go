// Package idmap does the arithmetic of user and group id maps: it parses the ranges a user
// asks for, makes room in them for a single mapped id and renders the result for the kernel
// or for newuidmap(1).
//
// It touches no files and makes no system calls. Ids are unsigned 32-bit numbers without
// 4294967295, as in user_namespaces(7). Sums of them are computed in 64 bits, so that no
// range wraps around to low ids.
package idmap
