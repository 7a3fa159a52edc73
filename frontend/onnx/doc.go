// Package onnx reads ONNX models into graph IR.
//
// The protobuf messages are decoded by hand (wire.go, messages.go); tensors alias the file's bytes. Each ONNX operator
// is one row of the table in table.go for a range of operator-set versions, with a function that maps a node onto ops
// of package ir. Nodes whose inputs are all constants are evaluated while importing, so that the shape arithmetic of
// exporters leaves no trace in the graph. Functions of the model are expanded first (functions.go), and 16-bit floats
// become float32 (half.go).
//
// A model is untrusted input: sizes, counts and dimensions are bounded before anything is allocated (limits.go), files
// of external data are opened below the model's folder only, and nothing here panics on any input.
//
// The format is defined by onnx.proto and Operators.md of the ONNX project, read at version 1.23 (operator set 28).
package onnx
