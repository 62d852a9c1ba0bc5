// Package tool is the frame around each of the programs: what they answer about
// themselves, how they end, and what turns words into a command. It does not know the
// options that change namespaces.
package tool

// Version is the version of nstools.
const Version = "0.1.0"

// Compatible is the version of util-linux whose options and order these are.
const Compatible = "2.42"
