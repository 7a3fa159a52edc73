package main

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"hash"
	"io"
	"os"
	"path/filepath"

	"nncc/backends/gohost"
	"nncc/codegen"
	"nncc/ir"
	"nncc/ir/interp"
	"nncc/runtime/data"
	"nncc/runtime/tensor"
)

// Bounds on what is recorded: the first run is always.
const (
	mostVectors      = 3
	vectorsMostBytes = 256 << 10
	vectorsMostFLOPs = 500e6 // some seconds of the interpreter
)

// recordVectors runs the interpreter on random inputs, for the tests of a generated package to repeat. As that takes seconds for a large network, outputs are kept in
// the cache, by everything that decides them.
func (s *session) recordVectors() ([]gohost.TestVector, error) {
	key, err := s.vectorKey()
	if err != nil {
		return nil, err
	}
	var all []gohost.TestVector
	bytes := 0
	for seed := uint64(1); len(all) < mostVectors; seed++ {
		d := differ{session: s, seed: seed}
		inputs := d.inputs()
		for _, t := range inputs {
			bytes += len(t.Data)
		}
		flops := float64(s.loaded.FLOPs()) * float64(len(all)+1)
		if len(all) > 0 && (bytes > vectorsMostBytes || flops > vectorsMostFLOPs) {
			break
		}
		outputs, err := s.cachedOutputs(fmt.Sprintf("%s-%d", key, seed), inputs)
		if err != nil {
			return nil, err
		}
		all = append(all, gohost.TestVector{Inputs: dataOf(inputs), Outputs: dataOf(outputs)})
	}
	return all, nil
}

func dataOf(list []*tensor.Tensor) [][]byte {
	var out [][]byte
	for _, t := range list {
		out = append(out, t.Data)
	}
	return out
}

// cachedOutputs is what the interpreter computes. A cache that cannot be read or written costs time only.
func (s *session) cachedOutputs(key string, inputs []*tensor.Tensor) ([]*tensor.Tensor, error) {
	dir := vectorCache()
	path := filepath.Join(dir, key)
	sig := codegen.SignatureOf(s.loaded)
	if file, err := os.ReadFile(path); dir != "" && err == nil {
		var out []*tensor.Tensor
		for _, p := range sig.Outputs {
			n := min(p.Elems()*p.DType.Bytes(), len(file))
			t, err := tensor.FromBytes(p.DType, p.Shape, file[:n])
			if err != nil {
				break
			}
			out, file = append(out, t), file[n:]
		}
		if len(out) == len(sig.Outputs) && len(file) == 0 {
			return out, nil
		}
	}
	out, err := interp.Run(s.loaded, inputs, interp.Options{})
	if err == nil && dir != "" && os.MkdirAll(dir, 0o755) == nil {
		_ = data.WriteFile(path, func(w io.Writer) error {
			for _, t := range out {
				if _, err := w.Write(t.Data); err != nil {
					return err
				}
			}
			return nil
		})
	}
	return out, err
}

// vectorKey hashes the graph with its constants and the program that interprets it.
func (s *session) vectorKey() (string, error) {
	h := sha256.New()
	if err := hashExecutable(h); err != nil {
		return "", err
	}
	if err := ir.Print(h, s.loaded, ir.PrintOptions{Short: true}); err != nil {
		return "", err
	}
	for _, v := range s.loaded.Constants() {
		h.Write(v.Const.Data)
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}

func hashExecutable(h hash.Hash) error {
	path, err := os.Executable()
	if err != nil {
		return err
	}
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	_, err = io.Copy(h, f)
	return err
}

// vectorCache is the folder for outputs, in $NNCC_CACHE or the user's cache folder; empty if nothing is to be kept.
func vectorCache() string {
	dir := os.Getenv("NNCC_CACHE")
	if dir == "off" {
		return ""
	}
	if dir == "" {
		user, err := os.UserCacheDir()
		if err != nil {
			return ""
		}
		dir = filepath.Join(user, "nncc")
	}
	return filepath.Join(dir, "outputs")
}
