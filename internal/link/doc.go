// Package link reads devices, addresses, routes, rules and neighbours of one network
// namespace, and makes the messages that change them. Devices for packets from a program are
// made by ioctl(2).
//
// It knows the attributes of rtnetlink(7). Command lines are package change's, and changes
// that belong together are package wire's.
package link
