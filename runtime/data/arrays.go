package data

import (
	"fmt"
	"path/filepath"

	"nncc/runtime/tensor"
)

const (
	imagesFile = "images_u8_nhwc.npy"
	labelsFile = "labels_i64.npy"
	maxLabel   = 1 << 20
)

// arrays is a dataset in memory: pictures of 8-bit samples [count, height, width, channels], and their labels.
type arrays struct {
	name                    string
	height, width, channels int
	pix                     []byte
	labels                  []int
}

// namedArray is an array and what messages call it.
type namedArray struct {
	name string
	*tensor.Tensor
}

func openArrays(dir string) (Dataset, error) {
	path := filepath.Join(dir, imagesFile)
	images, err := ReadNPY(path)
	if err != nil {
		return nil, err
	}
	labels, err := ReadNPY(filepath.Join(dir, labelsFile))
	if err != nil {
		return nil, err
	}
	ds, err := newArrays(path, namedArray{imagesFile, images}, namedArray{labelsFile, labels})
	if err != nil {
		return nil, fmt.Errorf("%s: %w", dir, err)
	}
	return ds, nil
}

// newArrays makes a dataset of pictures [count, height, width] or [count, height, width, 1 or 3] and their labels, integers
// [count] or [count, 1]. The pictures are used in place.
func newArrays(name string, images, labels namedArray) (*arrays, error) {
	s := images.Shape
	if len(s) == 3 {
		s = append(s[:3:3], 1)
	}
	if images.DType != tensor.U8 || len(s) != 4 || s[1] == 0 || s[2] == 0 || s[3] != 1 && s[3] != 3 {
		return nil, fmt.Errorf("%s holds %v%v, not u8 [count, height, width] or [count, height, width, 1 or 3]", images.name, images.DType, images.Shape)
	}
	l := labels.Shape
	if labels.DType.IsFloat() || labels.DType == tensor.Bool || len(l) != 1 && (len(l) != 2 || l[1] != 1) || l[0] != s[0] {
		return nil, fmt.Errorf("%s holds %v%v, not integers [%d], a label for each picture", labels.name, labels.DType, l, s[0])
	}
	ds := &arrays{name, s[1], s[2], s[3], images.Data, make([]int, s[0])}
	for i, label := range labels.Float64s() { // exact up to 2^53, and larger ones are refused as well
		if !(label >= 0 && label <= maxLabel) {
			return nil, fmt.Errorf("%s: label %.0f of picture %d is not from 0 to %d", labels.name, label, i, maxLabel)
		}
		ds.labels[i] = int(label)
	}
	return ds, nil
}

func (ds *arrays) Len() int          { return len(ds.labels) }
func (ds *arrays) Classes() []string { return nil }

// At never copies: the picture aliases the array.
func (ds *arrays) At(i int) (Sample, error) {
	if i < 0 || i >= ds.Len() {
		return Sample{}, noSample(i, ds.Len())
	}
	bytes := ds.height * ds.width * ds.channels
	m := &Image{ds.width, ds.height, ds.channels, ds.pix[i*bytes : (i+1)*bytes : (i+1)*bytes]}
	return Sample{m, ds.labels[i], fmt.Sprintf("%s[%d]", ds.name, i)}, nil
}
