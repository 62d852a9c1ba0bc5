// Package wire connects two network namespaces, and takes the connection away again.
//
// It knows which devices, addresses, routes, sysctls and tables of nftables that takes, in
// which order, and how each step is taken back. It knows the commands of ip(8), nft(8) and
// ours that do the same, to print them. It does not read a command line.
package wire
