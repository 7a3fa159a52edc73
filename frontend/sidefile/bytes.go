package sidefile

import (
	"io"
	"os"
)

// mappedBytes is from which size on parts of files are mapped into memory.
const mappedBytes = 1 << 20

// Bytes returns n bytes of a file from offset on, to be read only. Large parts are mapped into memory where the system
// can do that: the system may then take back the memory while nobody looks at them. The file must keep its size as long
// as they are in use.
func Bytes(f *os.File, offset int64, n int) ([]byte, error) {
	if n >= mappedBytes {
		if data, err := mapped(f, offset, n); err == nil {
			return data, nil
		}
	}
	data := make([]byte, (n+7)/8*8)[:n] // aligned for numbers of 8 bytes
	_, err := io.ReadFull(io.NewSectionReader(f, offset, int64(n)), data)
	return data, err
}
