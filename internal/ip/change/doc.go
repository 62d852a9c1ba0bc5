// Package change has the commands of gonetns that change devices, addresses and routes.
//
// It knows their words, what ip(8) makes of them, and why the kernel may have refused it.
// The messages are package link's. It prints nothing but warnings, and does not know which
// verbs lead here.
package change
