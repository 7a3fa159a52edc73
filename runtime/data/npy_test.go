package data

import (
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"nncc/runtime/tensor"
)

// The arrays come from testdata/generate.py.
func TestReadNPY(t *testing.T) {
	dtypes := map[string]tensor.DType{
		"f4": tensor.F32, "f8": tensor.F64, "f2": tensor.F16, "i1": tensor.I8, "u1": tensor.U8, "i2": tensor.I16, "u2": tensor.U16,
		"i4": tensor.I32, "u4": tensor.U32, "i8": tensor.I64, "u8": tensor.U64, "b1": tensor.Bool,
	}
	for code, d := range dtypes {
		x, err := ReadNPY("testdata/npy/" + code + ".npy")
		require.NoError(t, err)
		require.Equal(t, d, x.DType)
		require.Equal(t, []int{2, 3}, x.Shape)
		for _, v := range x.Float64s() {
			require.True(t, v >= 0 && v < 100 && v == float64(int(v)), "%s: %v", code, v)
		}
	}
	for name, want := range map[string]*tensor.Tensor{
		"scalar":   tensor.FromF32([]float32{2.5}),
		"vector":   tensor.FromI64([]int64{0, 1, 2}, 3),
		"empty":    tensor.New(tensor.F32, 0, 4),
		"version2": {DType: tensor.I32, Shape: []int{3}, Data: []byte{0, 0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0}},
		"version3": {DType: tensor.I32, Shape: []int{3}, Data: []byte{0, 0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0}},
	} {
		x, err := ReadNPY("testdata/npy/" + name + ".npy")
		require.NoError(t, err)
		require.True(t, x.Equal(want), "%s: %v", name, x)
	}
}

// Files that NumPy wrote come out of WriteNPY with the same bytes.
func TestWriteNPYAsNumPy(t *testing.T) {
	for _, name := range []string{"f4", "f8", "f2", "i1", "u1", "i2", "u2", "i4", "u4", "i8", "u8", "b1", "scalar", "vector", "empty"} {
		x, err := ReadNPY("testdata/npy/" + name + ".npy")
		require.NoError(t, err)
		path := filepath.Join(t.TempDir(), "x.npy")
		require.NoError(t, WriteNPY(path, x))
		want, err := os.ReadFile("testdata/npy/" + name + ".npy")
		require.NoError(t, err)
		got, err := os.ReadFile(path)
		require.NoError(t, err)
		require.Equal(t, want, got, name)
	}
}

func TestNPYErrors(t *testing.T) {
	v1 := func(header string, body ...byte) []byte {
		return append([]byte(npyMagic+"\x01\x00"+string([]byte{byte(len(header)), byte(len(header) >> 8)})+header), body...)
	}
	cases := map[string][]byte{
		"not a .npy file":                                                              []byte("\x93NUMPX\x01\x00"),
		"npy: format version 4.0 is not known":                                         []byte(npyMagic + "\x04\x00    "),
		"npy: file ends inside the header length":                                      []byte(npyMagic + "\x02\x00\x00\x00"),
		"npy: header of 4294967295 bytes exceeds the limit of 65536":                   []byte(npyMagic + "\x02\x00\xff\xff\xff\xff"),
		"npy: header of 9 bytes exceeds the 1 that follow":                             []byte(npyMagic + "\x01\x00\x09\x00{"),
		"npy header: byte 0: expected '{'":                                             v1("[]"),
		"npy header: descr, fortran_order or shape is missing":                         v1("{}"),
		"npy header: byte 1: key \"desc\" is not known or appears twice":               v1("{'desc': 1}"),
		"npy header: byte 16: key \"descr\" is not known or appears twice":             v1("{'descr': '<f4','descr': '<f4'}"),
		"npy header: byte 10: expected a string (arrays of records are not supported)": v1("{'descr': [('a', '<f4')]}"),
		"npy header: byte 10: bad string":                                              v1("{'descr': '<f4"),
		"npy header: byte 18: expected True or False":                                  v1("{'fortran_order': 0}"),
		"npy header: byte 11: expected a dimension":                                    v1("{'shape': (-1,)}"),
		"npy header: byte 13: expected ')'":                                            v1("{'shape': (1 2)}"),
		"npy header: byte 75: more than 32 dimensions":                                 v1("{'shape': (" + strings.Repeat("1,", 33) + ")}"),
		"npy header: byte 13: expected '}'":                                            v1("{'shape': (1)"),
		"npy header: byte 58: text behind the closing brace":                           v1("{'descr': '<f4', 'fortran_order': False, 'shape': (3,), } x"),
		"npy: f32[3] takes 12 bytes, not 4":                                            v1("{'descr': '<f4', 'fortran_order': False, 'shape': (3,), }", 1, 2, 3, 4),
		"npy: u8[1] takes 1 bytes, not 2":                                              v1("{'descr': '|u1', 'fortran_order': False, 'shape': (1,), }", 1, 2),
		"npy: f64[9223372036854775807] is no shape of a tensor":                        v1("{'descr': '<f8', 'fortran_order': False, 'shape': (9223372036854775807,), }"),
		"npy: element 1 is 2, which is no bool":                                        v1("{'descr': '|b1', 'fortran_order': False, 'shape': (2,), }", 1, 2),
		"npy: dtype '' is not known":                                                   v1("{'descr': '', 'fortran_order': False, 'shape': (), }"),
	}
	for want, data := range cases {
		_, err := DecodeNPY(data)
		require.EqualError(t, err, want)
	}
	for name, want := range map[string]string{
		"fortran":    "npy: array is in Fortran order (save numpy.ascontiguousarray(array) instead)",
		"big_endian": "npy: dtype '>f4' is big-endian (save array.astype('<f4') instead)",
		"complex":    `npy: dtype "<c8" is none of a tensor's`,
		"record":     "npy header: byte 10: expected a string (arrays of records are not supported)",
	} {
		path := "testdata/npy/" + name + ".npy"
		_, err := ReadNPY(path)
		require.EqualError(t, err, path+": "+want)
	}
	require.EqualError(t, EncodeNPY(io.Discard, tensor.New(tensor.BF16, 1)), "npy: the format has no dtype bf16")
	require.ErrorContains(t, EncodeNPY(io.Discard, tensor.New(tensor.F32, make([]int, 33)...)), "more than 32 dimensions")
}

func TestWriteFileIsAllOrNothing(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "x")
	write := func(text string, err error) error {
		return WriteFile(path, func(w io.Writer) error {
			io.WriteString(w, text)
			return err
		})
	}
	require.NoError(t, write("old", nil))
	failed := errors.New("disk on fire")
	require.ErrorIs(t, write("half of the n", failed), failed)
	got, err := os.ReadFile(path)
	require.NoError(t, err)
	require.Equal(t, "old", string(got))
	require.NoError(t, write("new", nil))
	got, err = os.ReadFile(path)
	require.NoError(t, err)
	require.Equal(t, "new", string(got))
	entries, err := os.ReadDir(dir)
	require.NoError(t, err)
	require.Len(t, entries, 1, "no temporary file stays behind")
	require.Error(t, WriteFile(filepath.Join(dir, "none", "x"), nil))
}

// FuzzNPY: no input makes DecodeNPY panic, and what it accepts survives EncodeNPY.
func FuzzNPY(f *testing.F) {
	addFiles(f, "testdata/npy/*")
	f.Fuzz(func(t *testing.T, data []byte) {
		x, err := DecodeNPY(data)
		if err != nil {
			require.NotEmpty(t, err.Error())
			return
		}
		var out bytes.Buffer
		require.NoError(t, EncodeNPY(&out, x))
		again, err := DecodeNPY(out.Bytes())
		require.NoError(t, err)
		require.True(t, x.Equal(again))
		if ds, err := newArrays("fuzz", namedArray{"images", x}, namedArray{"labels", tensor.New(tensor.I64, 1)}); err == nil {
			_, err := ds.At(0)
			require.NoError(t, err)
		}
	})
}
