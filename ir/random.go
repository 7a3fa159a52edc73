package ir

// Random is element index of what the op random makes: the top 24 bits of a hash, divided by 2^24. It takes 32-bit
// multiplications only, of which vector units have plenty. The hash's rounds are lowbias32 of Wellons, "Prospecting for
// hash functions" (2018); seed, step and salt enter through RandomKeys, before the first round and before the second.
func Random(keys [2]uint32, index int) float32 {
	z := mix32(uint32(index) + keys[0])
	return float32(mix32(z+keys[1])>>8) / (1 << 24)
}

// RandomKeys mixes what the elements of one tensor of random numbers have in common, with SplitMix64's finalizer.
func RandomKeys(seed, step int64, salt int) [2]uint32 {
	k := mix64(mix64(mix64(uint64(seed))+uint64(step)) + uint64(salt))
	return [2]uint32{uint32(k), uint32(k >> 32)}
}

func mix32(z uint32) uint32 {
	z = (z ^ z>>16) * 0x7feb352d
	z = (z ^ z>>15) * 0x846ca68b
	return z ^ z>>16
}

func mix64(z uint64) uint64 {
	z += 0x9e3779b97f4a7c15
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return z ^ z>>31
}
