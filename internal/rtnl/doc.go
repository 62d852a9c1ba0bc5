// Package rtnl is rtnetlink(7) in one network namespace, on the request builder and
// the sockets of github.com/vishvananda/netlink/nl, with refusals in ip's words. It
// knows messages and answers, not what they are about.
//
// The library's calls for devices, addresses and routes are not used: they ask and
// change one thing at a time, where ip(8) changes many by one message that the kernel
// carries out whole or not at all, and they pass over what the kernel says beside the
// errno.
package rtnl
