package api

import "fmt"

// fromRGB turns the bytes of a picture, row by row with three per pixel, into planes of numbers (x*scale - mean) / std,
// in the order red, green, blue or the reverse.
func fromRGB(dst []float32, pix []byte, scale float64, mean, std [3]float64, reverse bool) error {
	if len(pix) != len(dst) || len(pix)%3 != 0 {
		return fmt.Errorf("%w: %d numbers for a picture of %d bytes", ErrLength, len(dst), len(pix))
	}
	plane := len(dst) / 3
	for c := range 3 {
		from := c
		if reverse {
			from = 2 - c
		}
		var table [256]float32
		for x := range table {
			table[x] = float32((float64(x)*scale - mean[c]) / std[c])
		}
		for i := range plane {
			dst[c*plane+i] = table[pix[3*i+from]]
		}
	}
	return nil
}
