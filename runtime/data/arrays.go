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

// arrays is a dataset in memory: pictures u8 [count, height, width, 1 or 3] and labels i64 [count].
type arrays struct {
	name                    string
	height, width, channels int
	pix                     []byte
	labels                  []int64
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
	ds, err := newArrays(path, images, labels)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", dir, err)
	}
	return ds, nil
}

func newArrays(name string, images, labels *tensor.Tensor) (*arrays, error) {
	s := images.Shape
	if images.DType != tensor.U8 || len(s) != 4 || s[1] == 0 || s[2] == 0 || s[3] != 1 && s[3] != 3 {
		return nil, fmt.Errorf("%s holds %v%v, not u8 [count, height, width, 1 or 3]", imagesFile, images.DType, s)
	}
	if labels.DType != tensor.I64 || len(labels.Shape) != 1 || labels.Shape[0] != s[0] {
		return nil, fmt.Errorf("%s holds %v%v, not i64 [%d], a label for each picture", labelsFile, labels.DType, labels.Shape, s[0])
	}
	ds := &arrays{name, s[1], s[2], s[3], images.Data, labels.I64s()}
	for i, label := range ds.labels {
		if label < 0 || label > maxLabel {
			return nil, fmt.Errorf("%s: label %d of picture %d is not from 0 to %d", labelsFile, label, i, maxLabel)
		}
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
	return Sample{m, int(ds.labels[i]), fmt.Sprintf("%s[%d]", ds.name, i)}, nil
}
