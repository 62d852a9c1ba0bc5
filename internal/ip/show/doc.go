// Package show has the commands of gonetns that print: names and ids of namespaces,
// devices, addresses and routes, as ip(8) lays them out, in text and in JSON.
//
// It knows the words of these commands and the columns. It changes nothing, and does not
// know which verbs lead here.
package show
