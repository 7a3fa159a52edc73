package data

import "fmt"

// Image is a picture of 8-bit samples in rows from the top: Pix[(y*Width+x)*Channels+c], with the channels red, green
// and blue, or one of grey. Pix of an image that you did not make is read-only: it may alias a file's bytes.
type Image struct {
	Width, Height, Channels int
	Pix                     []byte
}

// NewImage returns a black picture.
func NewImage(width, height, channels int) *Image {
	return &Image{width, height, channels, make([]byte, width*height*channels)}
}

// WithChannels returns m with 1 or 3 channels, m itself if it has them already. Grey is the luma of ITU-R BT.601, as
// Pillow's convert("L") rounds it; colour from grey repeats it.
func (m *Image) WithChannels(channels int) (*Image, error) {
	if m.Channels == channels {
		return m, nil
	}
	out := NewImage(m.Width, m.Height, channels)
	switch {
	case m.Channels == 3 && channels == 1:
		const red, green, blue, half = 19595, 38470, 7471, 1 << 15 // 0.299, 0.587, 0.114 in 16 bits
		for i := range out.Pix {
			p := m.Pix[3*i : 3*i+3]
			out.Pix[i] = byte((red*int(p[0]) + green*int(p[1]) + blue*int(p[2]) + half) >> 16)
		}
	case m.Channels == 1 && channels == 3:
		for i, v := range m.Pix {
			out.Pix[3*i], out.Pix[3*i+1], out.Pix[3*i+2] = v, v, v
		}
	default:
		return nil, fmt.Errorf("no conversion of %d channels to %d", m.Channels, channels)
	}
	return out, nil
}
