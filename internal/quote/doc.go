// Package quote makes text safe for who reads it next: a terminal, or a shell.
//
// It knows bytes and the rules of their readers. It does not know where a text comes from,
// nor what is printed.
package quote
