// Package wire connects two network namespaces, and disconnects them.
//
// It knows which devices, addresses, routes, sysctls and nftables that takes, in which order,
// and how each step is undone. It prints the commands of ip(8), nft(8) and gonetns that do the
// same. Command lines are read by package ip.
package wire
