// Package data brings pictures and arrays into tensors: .npy files, picture files, resizing and normalising, and the
// labelled sets that a network is evaluated and trained on. Every reader takes its input as hostile: sizes are checked
// before anything is allocated, and what is wrong is an error with a place, never a panic.
package data
