package ir

import "nncc/runtime/tensor"

// Uniform makes the value of the text form's uniform(seed S, lo, hi), for floating-point dtypes: element i is
// lo + (hi-lo)*u rounded to the dtype, where u is the top 24 bits of the i-th output of SplitMix64 (Steele, Lea and
// Flood, "Fast splittable pseudorandom number generators", 2014) started at the seed, divided by 2^24.
func Uniform(d tensor.DType, seed uint64, lo, hi float64, shape ...int) *tensor.Tensor {
	values := make([]float64, tensor.Count(shape))
	for i := range values {
		u := float64(mix64(seed)>>40) / (1 << 24)
		seed += 0x9e3779b97f4a7c15
		values[i] = lo + float64((hi-lo)*u) // converted so that no platform fuses the multiplication
	}
	return tensor.FromFloat64s(d, values, shape...)
}
