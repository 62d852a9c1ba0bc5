// Package jsontext writes JSON in the layout of ip(8).
//
// It knows objects, arrays and values. It does not know what they stand for, and reads no
// JSON.
package jsontext
