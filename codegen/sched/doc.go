// Package sched decides how each operation of a graph is computed on a target: the layout of every value, and for
// every node a kernel family with its tile. Decisions are plain data and come from cost models over shapes alone;
// package lower turns (node, schedule) into loops.
//
// Layouts. A value of shape [N, C, H, W] is stored in one of two ways:
//
//	Planar   [N, C, H, left + W + right]              row-major, as in ONNX when both halos are 0
//	Blocked  [N, C/16 up, H, left + W + right, 16]    sixteen channels side by side
//
// Targets that may round keep blocked images of float32 as bf16, and compute with them in float32.
//
// The halo columns and the lanes above C are zero, written by whoever produces the value. Rows above and below an
// image do not exist: kernels shorten their row loops there instead, which also saves the arithmetic.
package sched
