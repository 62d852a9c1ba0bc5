// Package link is the wiring of network namespaces: devices, addresses and routes, and
// what connects two namespaces. It talks to the kernel through rtnl and knows no word
// of a command line.
package link
