// Package jsontext writes JSON in the layout of ip(8).
//
// It knows objects, arrays and values, but not their meaning. It reads no JSON.
package jsontext
