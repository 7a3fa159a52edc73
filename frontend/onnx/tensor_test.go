package onnx

import (
	"os"
	"path/filepath"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"
	"google.golang.org/protobuf/encoding/protowire"

	"nncc/runtime/tensor"
)

// TestDecode reads the same numbers from every field that may hold them.
func TestDecode(t *testing.T) {
	packed := func(elem, num int64, list ...int64) msg {
		return msg{}.packed(1, int64(len(list))).int(2, elem).packed(protowire.Number(num), list...)
	}
	doubles := msg{}.packed(1, 1).int(2, 11)
	doubles = protowire.AppendFixed64(protowire.AppendTag(doubles, 10, protowire.Fixed64Type), 0x3ff8000000000000)
	cases := []struct {
		name  string
		proto msg
		dtype tensor.DType
		want  []float64
	}{
		{"float raw", floats("", []int64{2}, 1.5, -2), tensor.F32, []float64{1.5, -2}},
		{"float packed", msg{}.packed(1, 2).int(2, 1).bytes(4, floatBytes([]float32{1.5, -2})), tensor.F32, []float64{1.5, -2}},
		{"float unpacked", msg{}.int(1, 2).int(2, 1).float(4, 1.5).float(4, -2), tensor.F32, []float64{1.5, -2}},
		{"float in two pieces", msg{}.int(1, 2).int(2, 1).bytes(4, floatBytes([]float32{1.5})).bytes(4, floatBytes([]float32{-2})), tensor.F32, []float64{1.5, -2}},
		{"double", doubles, tensor.F64, []float64{1.5}},
		{"int64", packed(7, 7, -3, 1<<40), tensor.I64, []float64{-3, 1 << 40}},
		{"int64 unpacked", msg{}.int(1, 1).int(2, 7).int(7, -3), tensor.I64, []float64{-3}},
		{"int32", packed(6, 5, -3, 4), tensor.I32, []float64{-3, 4}},
		{"int16", packed(5, 5, -3, 4), tensor.I16, []float64{-3, 4}},
		{"int8", packed(3, 5, -128, 4), tensor.I8, []float64{-128, 4}},
		{"uint8", packed(2, 5, 255), tensor.U8, []float64{255}},
		{"uint16", packed(4, 5, 65535), tensor.U16, []float64{65535}},
		{"uint32", packed(12, 11, 1<<32-1), tensor.U32, []float64{1<<32 - 1}},
		{"uint64", packed(13, 11, 5), tensor.U64, []float64{5}},
		{"bool", packed(9, 5, 1, 0), tensor.Bool, []float64{1, 0}},
		{"float16 bits", packed(10, 5, 0x3e00), tensor.F16, []float64{1.5}},
		{"bfloat16 bits", packed(16, 5, 0x3fc0), tensor.BF16, []float64{1.5}},
		{"float8 bits", packed(17, 5, 0x38, 0xfe), tensor.F32, []float64{1, -448}},
		{"float4", msg{}.packed(1, 3).int(2, 23).bytes(9, []byte{0xf1, 0x02}), tensor.F32, []float64{0.5, -6, 1}},
		{"uint4 bits", msg{}.packed(1, 3).int(2, 21).packed(5, 0xf1, 0x02), tensor.U8, []float64{1, 15, 2}},
		{"int2", msg{}.packed(1, 5).int(2, 26).bytes(9, []byte{0b10110100, 0b01}), tensor.I8, []float64{0, 1, -1, -2, 1}},
		{"scalar", msg{}.int(2, 7).packed(7, 9), tensor.I64, []float64{9}},
		{"empty", msg{}.packed(1, 0, 3).int(2, 1), tensor.F32, []float64{}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			p, err := parseTensor(c.proto)
			require.NoError(t, err)
			got, err := p.decode(nil)
			require.NoError(t, err)
			require.Equal(t, c.dtype, got.DType)
			require.Equal(t, c.want, got.Float64s())
		})
	}
}

func TestDecodeErrors(t *testing.T) {
	cases := map[string]struct {
		proto msg
		want  string
	}{
		"number too large for its type": {msg{}.packed(1, 1).int(2, 3).packed(5, 128), "element 0 of a tensor of i8 is 128"},
		"bool that is neither":          {msg{}.packed(1, 2).int(2, 9).bytes(9, []byte{1, 2}), "element 1 of a bool tensor is 2"},
		"rank":                          {msg{}.packed(1, 1, 1, 1, 1, 1, 1, 1, 1, 1).int(2, 1), "9 dimensions; the limit is 8"},
		"segment":                       {msg{}.packed(1, 0).int(2, 1).bytes(3, nil), "tensors in segments are not supported"},
		"external data without a file":  {msg{}.packed(1, 1).int(2, 1).int(14, 1), "external data, but the model does not come from a file"},
		"unknown element type":          {msg{}.int(2, 77), "unknown element type 77"},
		"negative element type":         {msg{}.int(2, -1), "unknown element type -1"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			p, err := parseTensor(c.proto)
			require.NoError(t, err)
			_, err = p.decode(nil)
			require.EqualError(t, err, c.want)
		})
	}
}

func TestParseTensorErrors(t *testing.T) {
	for name, c := range map[string]struct {
		proto msg
		want  string
	}{
		"odd bytes of floats": {msg{}.bytes(4, []byte{1, 2, 3}), "TensorProto: field 4: 3 bytes of 4-byte numbers"},
		"wrong wire type":     {msg{}.text(2, "x"), "TensorProto: field 2 has wire type 2, want 0"},
		"name not UTF-8":      {msg{}.bytes(8, []byte{0xff}), "TensorProto: string is not UTF-8"},
		"broken varint":       {msg{}.bytes(7, []byte{0x80}), "TensorProto: unexpected EOF"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := parseTensor(c.proto)
			require.EqualError(t, err, c.want)
		})
	}
}

// TestRawDataIsNotCopied checks that weights alias the file.
func TestRawDataIsNotCopied(t *testing.T) {
	proto := floats("w", []int64{2}, 1, 2)
	p, err := parseTensor(proto)
	require.NoError(t, err)
	w, err := p.decode(nil)
	require.NoError(t, err)
	require.Same(t, &proto[len(proto)-8], &w.Data[0])
}

// externalModel writes a model into a new folder, whose only weight [4] lies in the file that location names.
func externalModel(t *testing.T, location string, offset int) (modelPath string) {
	dir := filepath.Join(t.TempDir(), "model")
	require.NoError(t, os.MkdirAll(filepath.Join(dir, "data"), 0o755))
	w := msg{}.packed(1, 4).int(2, 1).text(8, "w").int(14, 1)
	w = external(external(external(w, "location", location), "offset", strconv.Itoa(offset)), "length", "16")
	modelPath = filepath.Join(dir, "m.onnx")
	data := modelOf(17, input("x", float, 1, 4), initializer(w), nodeOf("Add", "n", []string{"x", "w"}, []string{"y"}), output("y"))
	require.NoError(t, os.WriteFile(modelPath, data, 0o644))
	return modelPath
}

func TestExternalData(t *testing.T) {
	weights := append([]byte("ABCD"), floatBytes([]float32{1, 2, 3, 4})...)
	path := externalModel(t, "data/w.bin", 4)
	require.NoError(t, os.WriteFile(filepath.Join(filepath.Dir(path), "data", "w.bin"), weights, 0o644))
	g, err := Load(path, Options{})
	require.NoError(t, err)
	require.Equal(t, []float32{1, 2, 3, 4}, g.Nodes[0].Inputs[1].Const.F32s())
}

// TestExternalDataIsShared covers tensors with the same place in a file, which take memory once.
func TestExternalDataIsShared(t *testing.T) {
	path := filepath.Join(t.TempDir(), "m.onnx")
	tied := func(name string) part {
		return initializer(external(msg{}.packed(1, 2).int(2, 1).text(8, name).int(14, 1), "location", "w.bin"))
	}
	data := modelOf(17, input("x", float, 1, 2), tied("v"), tied("w"), nodeOf("Sum", "n", []string{"x", "v", "w"}, y), output("y"))
	require.NoError(t, os.WriteFile(path, data, 0o644))
	require.NoError(t, os.WriteFile(filepath.Join(filepath.Dir(path), "w.bin"), floatBytes([]float32{1, 2}), 0o644))
	g, err := Load(path, Options{})
	require.NoError(t, err)
	v, w := g.Nodes[0].Inputs[1].Const, g.Nodes[1].Inputs[1].Const
	require.Equal(t, []float32{1, 2}, v.F32s())
	require.Same(t, &v.Data[0], &w.Data[0])
}

func TestExternalDataIsConfined(t *testing.T) {
	weights := floatBytes([]float32{1, 2, 3, 4})
	cases := map[string]struct {
		location string
		offset   int
		prepare  func(t *testing.T, dir, secret string)
		want     string
	}{
		"symbolic link out of the folder": {"w.bin", 0, func(t *testing.T, dir, secret string) {
			require.NoError(t, os.Symlink(secret, filepath.Join(dir, "w.bin")))
		}, "path escapes from parent"},
		"folder that is a link out": {"out/secret.bin", 0, func(t *testing.T, dir, secret string) {
			require.NoError(t, os.Symlink(filepath.Dir(secret), filepath.Join(dir, "out")))
		}, "path escapes from parent"},
		"hard link": {"w.bin", 0, func(t *testing.T, dir, secret string) {
			require.NoError(t, os.Link(secret, filepath.Join(dir, "w.bin")))
		}, "more than one hard link"},
		"absolute path": {"/etc/passwd", 0, func(*testing.T, string, string) {}, "path escapes from parent"},
		"folder":        {"data", 0, func(*testing.T, string, string) {}, "not a regular file"},
		"beyond the end": {"w.bin", 4, func(t *testing.T, dir, _ string) {
			require.NoError(t, os.WriteFile(filepath.Join(dir, "w.bin"), weights, 0o644))
		}, "has 16 bytes, the tensor needs 16 from 4 on"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			path := externalModel(t, c.location, c.offset)
			secret := filepath.Join(filepath.Dir(filepath.Dir(path)), "secret.bin")
			require.NoError(t, os.WriteFile(secret, weights, 0o644))
			c.prepare(t, filepath.Dir(path), secret)
			_, err := Load(path, Options{})
			require.ErrorContains(t, err, c.want)
		})
	}
}
