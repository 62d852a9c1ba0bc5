package jsontext

// Bool writes true or false as a value.
func (j *Writer) Bool(b bool) {
	j.separate()
	if b {
		j.buf.WriteString("true")
	} else {
		j.buf.WriteString("false")
	}
}

// Null writes null as a value.
func (j *Writer) Null() {
	j.separate()
	j.buf.WriteString("null")
}
