// Package rtnl speaks rtnetlink(7) in one network namespace, by the request builder and the
// sockets of github.com/vishvananda/netlink/nl. It knows requests, answers and refusals, but
// not their subjects.
//
// The library's own calls for devices, addresses and routes change one thing at a time. ip(8)
// changes many by one message, which the kernel carries out whole or not at all. These calls
// also drop what the kernel says beside the errno.
package rtnl
