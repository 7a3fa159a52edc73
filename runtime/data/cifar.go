package data

import (
	"errors"
	"fmt"
	"slices"
	"sort"
	"strings"
)

// The pictures of the CIFAR sets: three planes, red, green and blue, of 32 rows of 32 bytes. They lie behind their labels.
const (
	cifarSide     = 32
	cifarPlane    = cifarSide * cifarSide
	cifarChannels = 3
)

// cifarKind is one of the CIFAR sets in its binary version.
type cifarKind struct {
	parts      map[Split][]string // names of the files with pictures
	names      string             // name of the file with the names of the classes, one a line
	classes    int
	labelBytes int // the last is the label; CIFAR-100 has that of a group of classes before it
}

// cifarKinds are CIFAR-10 and CIFAR-100.
func cifarKinds() []cifarKind {
	return []cifarKind{
		{
			parts: map[Split][]string{
				Train: {"data_batch_1.bin", "data_batch_2.bin", "data_batch_3.bin", "data_batch_4.bin", "data_batch_5.bin"},
				Test:  {"test_batch.bin"},
			},
			names: "batches.meta.txt", classes: 10, labelBytes: 1,
		},
		{
			parts: map[Split][]string{Train: {"train.bin"}, Test: {"test.bin"}},
			names: "fine_label_names.txt", classes: 100, labelBytes: 2,
		},
	}
}

func (k *cifarKind) recordBytes() int { return k.labelBytes + cifarChannels*cifarPlane }

// hasCIFAR reports whether some of a folder's names are of pictures of a CIFAR set.
func hasCIFAR(names []string) bool {
	for _, k := range cifarKinds() {
		for _, part := range k.parts {
			if slices.ContainsFunc(part, func(name string) bool { return slices.Contains(names, name) }) {
				return true
			}
		}
	}
	return false
}

// cifar is a part of a CIFAR set. The records stay as they are in the files.
type cifar struct {
	kind    cifarKind
	files   []cifarFile
	classes []string
}

type cifarFile struct {
	name    string // for messages
	records []byte
	end     int // number of pictures in this file and those before it
}

// newCIFAR makes a dataset of the contents of files, by name; those it does not need may be missing. place says where they
// lie.
func newCIFAR(place string, contents map[string][]byte, split Split) (Dataset, error) {
	kinds := cifarKinds()
	i := slices.IndexFunc(kinds, func(k cifarKind) bool {
		return slices.ContainsFunc(k.parts[split], func(name string) bool { return contents[name] != nil })
	})
	if i < 0 {
		return nil, fmt.Errorf("%s: there is neither %s of CIFAR-10 nor %s of CIFAR-100", place, kinds[0].parts[split][0], kinds[1].parts[split][0])
	}
	ds := &cifar{kind: kinds[i]}
	for _, name := range ds.kind.parts[split] {
		records, ok := contents[name]
		if !ok {
			return nil, fmt.Errorf("%s: %s is missing", place, name)
		}
		if err := ds.add(place+":"+name, records); err != nil {
			return nil, fmt.Errorf("%s: %s: %w", place, name, err)
		}
	}
	if text, ok := contents[ds.kind.names]; ok {
		ds.classes = strings.Fields(string(text))
		if len(ds.classes) != ds.kind.classes {
			return nil, fmt.Errorf("%s: %s: %d names of classes, not %d", place, ds.kind.names, len(ds.classes), ds.kind.classes)
		}
	}
	return ds, nil
}

// add checks the records of a file, and takes them.
func (ds *cifar) add(name string, records []byte) error {
	size := ds.kind.recordBytes()
	if len(records) == 0 {
		return errors.New("the file is empty")
	}
	if rest := len(records) % size; rest != 0 {
		return atByte(int64(len(records)), "the file ends inside picture %d, which takes %d bytes", len(records)/size, size)
	}
	for at := ds.kind.labelBytes - 1; at < len(records); at += size {
		if label := int(records[at]); label >= ds.kind.classes {
			return atByte(int64(at), "label %d of picture %d is not from 0 to %d", label, at/size, ds.kind.classes-1)
		}
	}
	ds.files = append(ds.files, cifarFile{name, records, ds.Len() + len(records)/size})
	return nil
}

func (ds *cifar) Classes() []string { return slices.Clone(ds.classes) }

func (ds *cifar) Len() int {
	if len(ds.files) == 0 {
		return 0
	}
	return ds.files[len(ds.files)-1].end
}

func (ds *cifar) At(i int) (Sample, error) {
	if i < 0 || i >= ds.Len() {
		return Sample{}, noSample(i, ds.Len())
	}
	f := ds.files[sort.Search(len(ds.files), func(k int) bool { return i < ds.files[k].end })]
	size := ds.kind.recordBytes()
	i -= f.end - len(f.records)/size
	record := f.records[i*size : (i+1)*size]
	m := NewImage(cifarSide, cifarSide, cifarChannels)
	planes := record[ds.kind.labelBytes:]
	for p := range cifarPlane {
		for c := range cifarChannels {
			m.Pix[cifarChannels*p+c] = planes[c*cifarPlane+p]
		}
	}
	return Sample{m, int(record[ds.kind.labelBytes-1]), fmt.Sprintf("%s[%d]", f.name, i)}, nil
}
