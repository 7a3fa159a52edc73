package data

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"

	"nncc/runtime/tensor"
)

const (
	npyMagic          = "\x93NUMPY"
	maxNPYHeaderBytes = 64 << 10
	maxNPYRank        = 32
	npyAlignBytes     = 64 // where the data starts is a multiple of this in files that NumPy or EncodeNPY wrote
)

// npyDTypes maps NumPy's type codes, without the byte order, to dtypes. NumPy has no bf16.
var npyDTypes = [...]struct {
	code  string
	dtype tensor.DType
}{
	{"f4", tensor.F32}, {"f8", tensor.F64}, {"f2", tensor.F16}, {"i1", tensor.I8}, {"u1", tensor.U8}, {"i2", tensor.I16}, {"u2", tensor.U16},
	{"i4", tensor.I32}, {"u4", tensor.U32}, {"i8", tensor.I64}, {"u8", tensor.U64}, {"b1", tensor.Bool},
}

// ReadNPY reads a tensor from a file that NumPy's save wrote; see DecodeNPY. Errors name the file.
func ReadNPY(path string) (*tensor.Tensor, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	t, err := DecodeNPY(data)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return t, nil
}

// WriteNPY writes t to a file, whole or not at all; see EncodeNPY.
func WriteNPY(path string, t *tensor.Tensor) error {
	return WriteFile(path, func(w io.Writer) error { return EncodeNPY(w, t) })
}

// DecodeNPY reads the .npy format, versions 1 to 3: little-endian, C order, exactly one array. The tensor's data alias
// data. The allocation is as large as the header at most.
func DecodeNPY(data []byte) (*tensor.Tensor, error) {
	header, body, err := cutNPYHeader(data)
	if err != nil {
		return nil, err
	}
	h, err := parseNPYHeader(header)
	if err != nil {
		return nil, fmt.Errorf("npy header: %w", err)
	}
	d, err := npyDType(h.descr)
	if err != nil {
		return nil, err
	}
	if h.fortran {
		return nil, fmt.Errorf("npy: array is in Fortran order (save numpy.ascontiguousarray(array) instead)")
	}
	t, err := tensor.FromBytes(d, h.shape, body)
	if err != nil {
		return nil, fmt.Errorf("npy: %w", err)
	}
	return t, nil
}

// cutNPYHeader splits a file into the text of its header and the array's bytes.
func cutNPYHeader(data []byte) (header string, body []byte, err error) {
	if len(data) < 8 || string(data[:6]) != npyMagic {
		return "", nil, fmt.Errorf("not a .npy file")
	}
	start, n := 10, uint64(0)
	switch major := data[6]; {
	case major == 1 && len(data) >= 10:
		n = uint64(binary.LittleEndian.Uint16(data[8:]))
	case (major == 2 || major == 3) && len(data) >= 12:
		start, n = 12, uint64(binary.LittleEndian.Uint32(data[8:]))
	case major == 0 || major > 3:
		return "", nil, fmt.Errorf("npy: format version %d.%d is not known", major, data[7])
	default:
		return "", nil, fmt.Errorf("npy: file ends inside the header length")
	}
	if n > maxNPYHeaderBytes {
		return "", nil, fmt.Errorf("npy: header of %d bytes exceeds the limit of %d", n, maxNPYHeaderBytes)
	}
	if n > uint64(len(data)-start) {
		return "", nil, fmt.Errorf("npy: header of %d bytes exceeds the %d that follow", n, len(data)-start)
	}
	end := start + int(n)
	return string(data[start:end]), data[end:], nil
}

func npyDType(descr string) (tensor.DType, error) {
	if descr == "" {
		return tensor.Invalid, fmt.Errorf("npy: dtype '' is not known")
	}
	for _, k := range npyDTypes {
		if k.code != descr[1:] {
			continue
		}
		if order := descr[0]; order == '<' || k.dtype.Bytes() == 1 && (order == '|' || order == '>') {
			return k.dtype, nil
		}
		if descr[0] == '>' {
			return tensor.Invalid, fmt.Errorf("npy: dtype '%s' is big-endian (save array.astype('<%s') instead)", descr, k.code)
		}
	}
	return tensor.Invalid, fmt.Errorf("npy: dtype %q is none of a tensor's", descr)
}

// EncodeNPY writes t in the .npy format, version 1.0, with the data aligned to 64 bytes.
func EncodeNPY(w io.Writer, t *tensor.Tensor) error {
	code := ""
	for _, k := range npyDTypes {
		if k.dtype == t.DType {
			code = k.code
		}
	}
	if code == "" {
		return fmt.Errorf("npy: the format has no dtype %v", t.DType)
	}
	if len(t.Shape) > maxNPYRank {
		return fmt.Errorf("npy: shape %v has more than %d dimensions", t.Shape, maxNPYRank)
	}
	order := "<"
	if t.DType.Bytes() == 1 {
		order = "|"
	}
	header := bytes.NewBufferString(npyMagic + "\x01\x00\x00\x00")
	fmt.Fprintf(header, "{'descr': '%s%s', 'fortran_order': False, 'shape': %s, }", order, code, npyShape(t.Shape))
	for (header.Len()+1)%npyAlignBytes != 0 {
		header.WriteByte(' ')
	}
	header.WriteByte('\n')
	binary.LittleEndian.PutUint16(header.Bytes()[8:], uint16(header.Len()-10))
	out := bufio.NewWriter(w)
	out.Write(header.Bytes())
	out.Write(t.Data)
	return out.Flush()
}

// npyShape prints a shape as a Python tuple.
func npyShape(shape []int) string {
	var s strings.Builder
	for i, n := range shape {
		if i > 0 {
			s.WriteString(", ")
		}
		s.WriteString(strconv.Itoa(n))
	}
	if len(shape) == 1 {
		s.WriteByte(',')
	}
	return "(" + s.String() + ")"
}
