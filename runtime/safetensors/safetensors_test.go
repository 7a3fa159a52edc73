package safetensors

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// raw puts a file together from a header's text and the bytes behind it.
func raw(header string, body ...byte) []byte {
	out := binary.LittleEndian.AppendUint64(nil, uint64(len(header)))
	return append(append(out, header...), body...)
}

func TestParse(t *testing.T) {
	data := raw(`{"__metadata__":{"format":"pt"},"b":{"shape":[2],"dtype":"U8","data_offsets":[8,10]},`+
		`"a\u00e9":{"dtype":"F32","shape":[1,2],"data_offsets":[0,8]},"s":{"dtype":"I16","shape":[],"data_offsets":[10,12]},`+
		`"none":{"dtype":"F64","shape":[3,0],"data_offsets":[10,10]}}  `, 0, 0, 128, 63, 0, 0, 0, 64, 7, 8, 1, 2)
	f, err := Parse(data)
	require.NoError(t, err)
	require.Equal(t, map[string]string{"format": "pt"}, f.Metadata)
	require.Equal(t, []Tensor{
		{"b", "U8", []int{2}, []byte{7, 8}},
		{"aé", "F32", []int{1, 2}, []byte{0, 0, 128, 63, 0, 0, 0, 64}},
		{"s", "I16", []int{}, []byte{1, 2}},
		{"none", "F64", []int{3, 0}, []byte{}},
	}, f.Tensors)

	b, ok := f.Lookup("b")
	require.True(t, ok)
	require.Same(t, &data[len(data)-4], &b.Data[0], "tensors alias the file")
	require.Equal(t, 2, cap(b.Data))
	_, ok = f.Lookup("c")
	require.False(t, ok)
}

func TestParseErrors(t *testing.T) {
	huge := binary.LittleEndian.AppendUint64(nil, 1<<63)
	cases := []struct {
		name string
		data []byte
		want []string // the lines of the error
	}{
		{"empty", nil, []string{`byte 0: file of 0 bytes is too short for the header length (8 bytes)`}},
		{"huge header", huge, []string{`byte 0: header length 9223372036854775808 exceeds the limit of 16777216 bytes`}},
		{"header past the end", raw("{}")[:9], []string{`byte 0: header length 2 exceeds the 1 bytes that follow`}},
		{"no object", raw("[]"), []string{`byte 8: header does not start with '{'`}},
		{"bad UTF-8", raw("{\"\xff\":1}"), []string{`byte 8: header is not valid UTF-8`}},
		{"cut", raw(`{"a":{"dtype":"U8"`), []string{`byte 12: header: JSON ends too early`}},
		{"no comma", raw(`{"__metadata__":{} "a":1}`), []string{`byte 27: header: invalid character '"' after object key:value pair`}},
		{"trailing comma", raw(`{"__metadata__":{},}`), []string{`byte 26: header: invalid character '}' looking for beginning of object key string`}},
		{"text behind", raw(`{} x`), []string{`byte 10: header: only spaces may follow the closing brace`}},
		{"name twice", raw(`{"a":{"dtype":"U8","shape":[0],"data_offsets":[0,0]},"a":{}}`), []string{`byte 60: header: key "a" appears twice`}},
		{"key twice", raw(`{"a":{"dtype":"U8","dtype":"I8"}}`), []string{`byte 26: tensor "a": key "dtype" appears twice`}},
		{"unknown key", raw(`{"a":{"dtyp":"U8"}}`), []string{`byte 21: tensor "a": key "dtyp" is not known`}},
		{"missing keys", raw(`{"a":{}}`), []string{`byte 13: tensor "a": dtype is missing`,
			`byte 13: tensor "a": shape is missing`, `byte 13: tensor "a": data_offsets is missing`}},
		{"no description", raw(`{"a":3}`), []string{`byte 13: tensor "a": not a JSON object`}},
		{"metadata", raw(`{"__metadata__":{"k":1}}`), []string{`byte 29: __metadata__: "k": not a string`}},
		{"every tensor is checked", raw(`{"a":{"dtype":"U9","shape":[1],"data_offsets":[0,1]},"b":{"dtype":null,"shape":[1],"data_offsets":[0,1]},`+
			`"c":{"dtype":"U8","shape":[-1],"data_offsets":[0,1]},"d":{"dtype":"U8","shape":[1.0],"data_offsets":[0,1]},`+
			`"e":{"dtype":"U8","shape":[null],"data_offsets":[0,1]},"f":{"dtype":"U8","shape":null,"data_offsets":[0,1]},`+
			`"g":{"dtype":"U8","shape":[1],"data_offsets":[0]},"h":{"dtype":"U8","shape":[1],"data_offsets":[1,0]},`+
			`"i":{"dtype":"U8","shape":[1],"data_offsets":[0,2]},"j":{"dtype":"F32","shape":[],"data_offsets":[0,1]}}`, 0),
			[]string{
				`byte 13: tensor "a": dtype "U9" is not known`,
				`byte 74: tensor "b": dtype: not a string`,
				`byte 139: tensor "c": shape: entry 0 is not an integer from 0 to 9223372036854775807`,
				`byte 192: tensor "d": shape: entry 0 is not an integer from 0 to 9223372036854775807`,
				`byte 246: tensor "e": shape: entry 0 is not an integer from 0 to 9223372036854775807`,
				`byte 301: tensor "f": shape: not a list of integers`,
				`byte 373: tensor "g": data_offsets: not two offsets`,
				`byte 382: tensor "h": data_offsets [1, 0] are not inside the 1 bytes of data`,
				`byte 434: tensor "i": data_offsets [0, 2] are not inside the 1 bytes of data`,
				`byte 486: tensor "j": F32[] is larger than the 1 bytes of data`,
			}},
		{"size", raw(`{"a":{"dtype":"U8","shape":[3],"data_offsets":[0,4]}}`, 1, 2, 3, 4),
			[]string{`byte 13: tensor "a": U8[3] takes 3 bytes, but data_offsets [0, 4] span 4`}},
		{"product overflows", raw(`{"a":{"dtype":"F64","shape":[4294967296,4294967296,4],"data_offsets":[0,0]}}`),
			[]string{`byte 13: tensor "a": F64[4294967296 4294967296 4] is larger than the 0 bytes of data`}},
		{"overlap", raw(`{"a":{"dtype":"U8","shape":[2],"data_offsets":[0,2]},"b":{"dtype":"U8","shape":[2],"data_offsets":[1,3]}}`, 1, 2, 3),
			[]string{`byte 65: tensor "b": data_offsets [1, 3] overlap tensor "a", which ends at 2`}},
		{"hole in front", raw(`{"a":{"dtype":"U8","shape":[1],"data_offsets":[1,2]}}`, 1, 2),
			[]string{`byte 13: tensor "a": data_offsets [1, 2] leave a hole: bytes 0 to 1 belong to no tensor`}},
		{"hole behind", raw(`{}`, 1), []string{`byte 0: the last 1 bytes of data belong to no tensor`}},
		{"rank", raw(`{"a":{"dtype":"U8","shape":[` + strings.Repeat("1,", maxRank) + `1],"data_offsets":[0,0]}}`),
			[]string{`byte 35: tensor "a": shape: more than 32 entries`}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			f, err := Parse(c.data)
			require.Nil(t, f)
			require.Error(t, err)
			require.Equal(t, strings.Join(c.want, "\n"), err.Error())
			var one *Error
			require.True(t, errors.As(err, &one))
		})
	}
}

func TestParseCountsManyProblems(t *testing.T) {
	header := `{"first":3`
	for i := range 29 {
		header += fmt.Sprintf(`,"t%d":3`, i)
	}
	_, err := Parse(raw(header + "}"))
	lines := strings.Split(err.Error(), "\n")
	require.Len(t, lines, 21)
	require.Equal(t, "and 10 more problems", lines[20])
}

func TestWrite(t *testing.T) {
	tensors := []Tensor{
		{"z", "U8", []int{3}, []byte{1, 2, 3}},
		{"b", "F32", []int{1, 1}, []byte{4, 5, 6, 7}},
		{"scalar", "F32", nil, []byte{8, 9, 10, 11}},
		{"a", "I64", []int{1}, []byte{1, 2, 3, 4, 5, 6, 7, 8}},
	}
	var first, second bytes.Buffer
	require.NoError(t, Write(&first, &File{Tensors: tensors, Metadata: map[string]string{"b": "2", "a": "1"}}))
	tensors[0], tensors[3] = tensors[3], tensors[0]
	require.NoError(t, Write(&second, &File{Tensors: tensors, Metadata: map[string]string{"a": "1", "b": "2"}}))
	require.Equal(t, first.Bytes(), second.Bytes())

	header := `{"__metadata__":{"a":"1","b":"2"},"a":{"dtype":"I64","shape":[1],"data_offsets":[0,8]},` +
		`"b":{"dtype":"F32","shape":[1,1],"data_offsets":[8,12]},"scalar":{"dtype":"F32","shape":[],"data_offsets":[12,16]},` +
		`"z":{"dtype":"U8","shape":[3],"data_offsets":[16,19]}}`
	header += strings.Repeat(" ", -len(header)&7)
	require.Equal(t, raw(header, 1, 2, 3, 4, 5, 6, 7, 8, 4, 5, 6, 7, 8, 9, 10, 11, 1, 2, 3), first.Bytes())

	f, err := Parse(first.Bytes())
	require.NoError(t, err)
	require.Equal(t, []string{"a", "b", "scalar", "z"}, []string{f.Tensors[0].Name, f.Tensors[1].Name, f.Tensors[2].Name, f.Tensors[3].Name})
}

func TestWriteEmpty(t *testing.T) {
	var out bytes.Buffer
	require.NoError(t, Write(&out, &File{}))
	require.Equal(t, raw("{}      "), out.Bytes())
}

func TestWriteErrors(t *testing.T) {
	err := Write(io.Discard, &File{
		Tensors: []Tensor{
			{"a", "F32", []int{2}, make([]byte, 4)},
			{"b", "F33", nil, nil},
			{"c", "U8", []int{-1}, nil},
			{"d", "U8", []int{1}, []byte{1}},
			{"d", "U8", []int{1}, []byte{1}},
			{"__metadata__", "U8", []int{1}, []byte{1}},
			{"\xff", "U8", []int{1}, []byte{1}},
		},
		Metadata: map[string]string{"k": "\xff"},
	})
	require.EqualError(t, err, `tensor "a": F32[2] does not take the 4 bytes given
tensor "b": dtype "F33" is not known
tensor "c": shape [-1] has a negative or more than 32 dimensions
tensor "d": given twice
tensor "__metadata__": not a name that a file can hold
tensor "\xff": not a name that a file can hold
metadata "k" is not valid UTF-8`)
}

func TestReadFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "w.safetensors")
	require.NoError(t, os.WriteFile(path, raw(`{"a":{"dtype":"BOOL","shape":[1],"data_offsets":[0,1]}}`, 1), 0o644))
	f, err := ReadFile(path)
	require.NoError(t, err)
	require.Equal(t, []Tensor{{"a", "BOOL", []int{1}, []byte{1}}}, f.Tensors)

	require.NoError(t, os.WriteFile(path, nil, 0o644))
	_, err = ReadFile(path)
	require.ErrorContains(t, err, path+": byte 0: ")
	_, err = ReadFile(path + "x")
	require.ErrorIs(t, err, os.ErrNotExist)
}

// FuzzRead: no input makes Parse panic, and what Parse accepts survives Write.
func FuzzRead(f *testing.F) {
	f.Add(raw(`{"a":{"dtype":"U8","shape":[2],"data_offsets":[0,2]}}`, 1, 2))
	f.Fuzz(func(t *testing.T, data []byte) {
		file, err := Parse(data)
		if err != nil {
			require.NotEmpty(t, err.Error())
			return
		}
		var out bytes.Buffer
		require.NoError(t, Write(&out, file))
		again, err := Parse(out.Bytes())
		require.NoError(t, err)
		require.Equal(t, file.Metadata, again.Metadata)
		require.Len(t, again.Tensors, len(file.Tensors))
		for _, want := range file.Tensors {
			got, ok := again.Lookup(want.Name)
			require.True(t, ok)
			require.Equal(t, want, got)
		}
	})
}

// The file was written by the format's own library: see testdata/generate.py.
func TestReadReference(t *testing.T) {
	f, err := ReadFile("testdata/reference.safetensors")
	require.NoError(t, err)
	require.Equal(t, map[string]string{"format": "np"}, f.Metadata)
	require.ElementsMatch(t, []Tensor{
		{"conv.weight", "F32", []int{2, 1, 2, 3}, littleEndian(t, []float32{0, 0.25, 0.5, 0.75, 1, 1.25, 1.5, 1.75, 2, 2.25, 2.5, 2.75})},
		{"half", "F16", []int{2}, []byte{0x00, 0x3c, 0x00, 0xc0}},
		{"labels", "I64", []int{2}, littleEndian(t, []int64{-1, 1 << 40})},
		{"mask", "BOOL", []int{2, 1}, []byte{1, 0}},
		{"scalar", "F64", []int{}, littleEndian(t, 0.5)},
		{"nothing", "U8", []int{0, 3}, []byte{}},
	}, f.Tensors)
}

func littleEndian(t *testing.T, values any) []byte {
	out, err := binary.Append(nil, binary.LittleEndian, values)
	require.NoError(t, err)
	return out
}
