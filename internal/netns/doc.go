// Package netns keeps network namespaces by name, as ip-netns(8) does and beside it:
// a name is a file in /run/netns on which a namespace is mounted. It knows no option.
package netns
