// Package iproute has what all commands of ip(8) share: how words are shortened and read by a
// table, how numbers are written and named, and how failures are worded and numbered.
//
// It is independent of objects and verbs, and makes no request to the kernel.
package iproute
