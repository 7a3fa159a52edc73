package main

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
	"encoding/binary"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"
)

// These commands of scripts write data sets as others offer them.

func writeScriptFile(ts *testscript.TestScript, name string, content []byte) {
	path := ts.MkAbs(name)
	ts.Check(os.MkdirAll(filepath.Dir(path), 0o755))
	ts.Check(os.WriteFile(path, content, 0o644))
}

func scriptByte(ts *testscript.TestScript, text string) byte {
	n, err := strconv.ParseUint(text, 10, 8)
	ts.Check(err)
	return byte(n)
}

// makeIDX writes a file of MNIST's kind: idx FILE SHAPE VALUE...
func makeIDX(ts *testscript.TestScript, _ bool, args []string) {
	dims := strings.Split(args[1], "x")
	file := []byte{0, 0, 8, byte(len(dims))}
	for _, d := range dims {
		n, err := strconv.ParseUint(d, 10, 32)
		ts.Check(err)
		file = binary.BigEndian.AppendUint32(file, uint32(n))
	}
	for _, v := range args[2:] {
		file = append(file, scriptByte(ts, v))
	}
	writeScriptFile(ts, args[0], file)
}

// makeCIFAR writes a batch of CIFAR-10 with pictures of one grey each: cifar FILE LABEL:GREY...
func makeCIFAR(ts *testscript.TestScript, _ bool, args []string) {
	var file []byte
	for _, a := range args[1:] {
		label, grey, _ := strings.Cut(a, ":")
		file = append(file, scriptByte(ts, label))
		file = append(file, bytes.Repeat([]byte{scriptByte(ts, grey)}, 3*32*32)...)
	}
	writeScriptFile(ts, args[0], file)
}

// makeArchive packs files as the archive's name says, .tar.gz, .npz or .gz: pack ARCHIVE [NAME=]FILE...
func makeArchive(ts *testscript.TestScript, _ bool, args []string) {
	var out bytes.Buffer
	z := gzip.NewWriter(&out)
	var add func(name string, content []byte)
	var closers []io.Closer
	switch archive := args[0]; {
	case strings.HasSuffix(archive, ".npz"):
		w := zip.NewWriter(&out)
		add = func(name string, content []byte) {
			m, err := w.Create(name)
			ts.Check(err)
			_, err = m.Write(content)
			ts.Check(err)
		}
		closers = []io.Closer{w}
	case strings.HasSuffix(archive, ".tar.gz"):
		w := tar.NewWriter(z)
		add = func(name string, content []byte) {
			ts.Check(w.WriteHeader(&tar.Header{Name: name, Size: int64(len(content)), Mode: 0o644}))
			_, err := w.Write(content)
			ts.Check(err)
		}
		closers = []io.Closer{w, z}
	default:
		add = func(_ string, content []byte) {
			_, err := z.Write(content)
			ts.Check(err)
		}
		closers = []io.Closer{z}
	}
	for _, a := range args[1:] {
		name, file, ok := strings.Cut(a, "=")
		if !ok {
			file = name
		}
		content, err := os.ReadFile(ts.MkAbs(file))
		ts.Check(err)
		add(name, content)
	}
	for _, c := range closers {
		ts.Check(c.Close())
	}
	writeScriptFile(ts, args[0], out.Bytes())
}
