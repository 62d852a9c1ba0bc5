// Package quote makes text safe for its next reader: a terminal, or a shell.
//
// It knows bytes and the rules of these readers. It is independent of where a text comes from
// and where it goes.
package quote
