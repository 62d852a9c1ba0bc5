// Package change has the commands of gonetns that change devices, addresses, routes, rules and
// neighbours.
//
// It knows their words, what ip(8) makes of them, and why the kernel may refuse. The messages
// to the kernel are package link's. It prints only warnings, and is independent of verbs.
package change
