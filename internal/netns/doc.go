// Package netns manages network namespaces by name, together with ip-netns(8). A name is a
// file in /run/netns on which a namespace is mounted. Options are read above.
package netns
