// Digits writes a data set of drawn digits, in the files and the format of MNIST: pictures of 28 rows and columns, white
// on black, and their labels. Every picture is rendered from the strokes of its digit, moved, turned, slanted and stretched
// at random.
//
//	go run . -o DIR
package main

import (
	"encoding/binary"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
)

const side = 28

func main() {
	dir := flag.String("o", "digits-data", "the folder to write to")
	train := flag.Int("train", 12000, "number of training pictures")
	test := flag.Int("test", 2000, "number of test pictures")
	seed := flag.Uint64("seed", 1, "what decides all random numbers")
	flag.Parse()
	if err := write(*dir, *train, *test, *seed); err != nil {
		fmt.Fprintln(os.Stderr, "digits:", err)
		os.Exit(1)
	}
}

// write draws both parts of the set, each from random numbers of its own.
func write(dir string, train, test int, seed uint64) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	for part, p := range []struct {
		stem  string
		count int
	}{{"train", train}, {"t10k", test}} {
		random := rand.New(rand.NewPCG(seed, uint64(part)))
		images := header(3, p.count, side, side)
		labels := header(1, p.count)
		for i := range p.count {
			digit := i % len(digits)
			images = append(images, draw(digits[digit], random)...)
			labels = append(labels, byte(digit))
		}
		for name, content := range map[string][]byte{p.stem + "-images-idx3-ubyte": images, p.stem + "-labels-idx1-ubyte": labels} {
			if err := os.WriteFile(filepath.Join(dir, name), content, 0o644); err != nil {
				return err
			}
		}
	}
	return nil
}

// header begins a file in the IDX format: unsigned bytes in an array of the given dimensions.
func header(rank byte, dims ...int) []byte {
	h := []byte{0, 0, 8, rank}
	for _, d := range dims {
		h = binary.BigEndian.AppendUint32(h, uint32(d))
	}
	return h
}
