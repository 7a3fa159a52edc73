// Package modeljson reads model.json, a description of a network as a list of layers, into graph IR. docs/model.json.md
// describes the format; docs/model.schema.json is its JSON Schema, written by Schema.
//
// The text is parsed with the place of every value (json.go), and each object is checked against a list of the keys it
// may have (fields.go), so that all mistakes are reported at once and where they are. What layers there are, and what
// they become, is one table (table.go). Parameters come from a safetensors file with PyTorch's names and layouts or
// are initialised as PyTorch does (params.go).
//
// Shapes and axes in model.json do not count the batch; in the IR it is dimension 0, of size 1.
package modeljson
