package gohost

import (
	"encoding/hex"
	"encoding/json"
	"strconv"
	"strings"
)

// manifestFile describes a package for tools: which files belong to it, and what they were made with.
const manifestFile = "manifest.json"

// manifest has no times and no paths: the same input and tools give the same bytes.
type manifest struct {
	Format    int                `json:"format"`
	Model     string             `json:"model"`
	License   string             `json:"license,omitempty"`
	Nncc      string             `json:"nncc,omitempty"`
	Tools     []string           `json:"tools,omitempty"`
	Profile   string             `json:"profile,omitempty"`
	Layout    string             `json:"layout"` // what weights files have to agree with
	Variants  []manifestVariant  `json:"variants"`
	Constants []manifestConstant `json:"constants"`
	Files     map[string]string  `json:"files"` // SHA-256 by name
}

type manifestVariant struct {
	Part      string   `json:"part,omitempty"` // none for the network itself
	ISA       string   `json:"isa"`
	Features  []string `json:"features,omitempty"`
	CodeBytes int      `json:"code_bytes,omitempty"`
	Kernels   int      `json:"kernels"`
	Launches  int      `json:"launches"`
}

type manifestConstant struct {
	Name   string `json:"name"`
	Bytes  int    `json:"bytes"`
	SHA256 string `json:"sha256"`
}

// manifest is the manifest, about all other files, whose hashes are given.
func (e *packageEmitter) manifest(hashes map[string]string) ([]byte, error) {
	p := e.program
	m := manifest{
		Format: 1, Model: p.Name, License: p.License, Nncc: e.options.Version, Tools: e.options.Tools, Profile: e.options.Profile,
		Layout: hex.EncodeToString(e.layout[:]), Files: hashes,
	}
	for _, part := range e.parts() {
		for i := range part.Variants {
			v := &part.Variants[i]
			kernels, _ := used(v)
			m.Variants = append(m.Variants, manifestVariant{strings.ToLower(part.name), v.ISA, v.Features, len(v.Code), len(kernels), len(v.Init) + len(v.Step)})
		}
	}
	for _, c := range p.Constants {
		m.Constants = append(m.Constants, manifestConstant{c.Name, len(c.Data), hex.EncodeToString(c.Hash[:])})
	}
	text, err := json.MarshalIndent(m, "", "\t")
	return append(text, '\n'), err
}

func itoa(n int) string { return strconv.Itoa(n) }
