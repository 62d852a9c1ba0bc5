// Package show has the commands of gonetns that print: names and ids of namespaces, devices,
// addresses, routes, rules, neighbours and tuntap devices, in the layout of ip(8), as text and
// as JSON.
//
// It knows the words of these commands and the columns. It changes nothing, and is independent
// of verbs.
package show
