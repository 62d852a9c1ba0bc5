package container

import (
	"encoding/json"
	"testing"
)

// TestPick checks that pick reads what encoding/json reads, whatever surrounds it.
func TestPick(t *testing.T) {
	for _, text := range []string{
		`{}`, `{"a":1}`, ` { "a" : 1 , "b" : "x" } `, "{\n\t\"b\": \"y\",\r\n\"a\": 2}",
		`{"x":{"a":3},"a":1}`, `{"x":[{"a":3},[1,2]],"a":1,"y":null}`, `{"x":"\"a\":5}","a":1}`,
		`{"x":"\\","a":1}`, `{"x":"\\\"","a":1}`, `{"b":"\u00e9\"}","a":-7}`, `{"b":"","a":1}`,
		`{"a":1,"a":2}`, `{"c":{"b":"z"}}`, `{"c":{}}`, `{"c":null}`, `{"c":1}`, `{"a":null,"c":{"x":[]}}`, `{"x":1.5e3,"a":1}`, `{"x":true,"a":1}`,
		``, ` `, `{`, `}`, `[]`, `1`, `"a"`, `{"a"}`, `{"a":}`, `{"a":1`, `{"a":1,`, `{"a" 1}`, `{"a":1}x`, `{"a":1}{}`,
		`{"a":1 "b":"x"}`, `{,"a":1}`, `{"x":"`, `{"x":"\"`, `{"x":"\`, `{"x":[}`, `{"x":[1,2}`, `{"x":{"y":1}`, `{a:1}`, `{"a":"x"}`, `{"b":1}`,
	} {
		var want, got struct {
			A int    `json:"a"`
			B string `json:"b"`
			C struct {
				B string `json:"b"`
			} `json:"c"`
		}
		err := json.Unmarshal([]byte(text), &want)
		var c object
		gotErr := object(text).pick(fields{"a": &got.A, "b": &got.B, "c": &c})
		if gotErr == nil && c.given() {
			gotErr = c.pick(fields{"b": &got.C.B})
		}
		if (err == nil) != (gotErr == nil) || err == nil && got != want {
			t.Errorf("%s: %+v, %v; encoding/json says %+v, %v", text, got, gotErr, want, err)
		}
	}
}

func FuzzPick(f *testing.F) {
	f.Add(`{"a":1,"b":"\"","c":{"b":"x"},"d":[{"a":2}]}`)
	f.Fuzz(func(t *testing.T, text string) {
		var want, got struct {
			A json.RawMessage `json:"a"`
		}
		err := json.Unmarshal([]byte(text), &want)
		gotErr := object(text).pick(fields{"a": &got.A})
		if err == nil && gotErr != nil {
			t.Errorf("%q: %v", text, gotErr)
		}
	})
}
