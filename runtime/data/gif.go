package data

import (
	"bytes"
	"errors"
	"image"
	"image/color"
	"image/gif"
)

// decodeGIF decodes the first frame onto the whole screen. As in Pillow, a transparent pixel has the colour that its
// palette entry states (image/gif turns it black), and so has what the frame leaves uncovered; without transparency
// that is the first entry.
func decodeGIF(data []byte) (*Image, error) {
	m, err := gif.Decode(bytes.NewReader(data))
	if err != nil {
		return nil, err
	}
	screen, err := gif.DecodeConfig(bytes.NewReader(data))
	if err != nil {
		return nil, err
	}
	frame, ok := m.(*image.Paletted)
	if !ok || len(frame.Palette) == 0 {
		return nil, errors.New("no palette")
	}
	background := 0
	if index, c, ok := gifTransparent(data); ok && index < len(frame.Palette) {
		frame.Palette[index] = c
		background = index
	}
	colors := paletteRGB(frame.Palette)
	out := NewImage(screen.Width, screen.Height, 3)
	for i := 0; i < len(out.Pix); i += 3 {
		copy(out.Pix[i:], colors[background][:])
	}
	for y := frame.Rect.Min.Y; y < frame.Rect.Max.Y; y++ {
		row := frame.Pix[frame.PixOffset(frame.Rect.Min.X, y):][:frame.Rect.Dx()]
		to := out.Pix[(y*out.Width+frame.Rect.Min.X)*3:]
		for x, index := range row {
			copy(to[3*x:], colors[index][:])
		}
	}
	return out, nil
}

// gifTransparent finds the transparent index of the first frame and the colour that the palette states for it. It
// looks only as far as the first frame's description, and finds nothing where the blocks do not add up.
func gifTransparent(data []byte) (index int, c color.RGBA, ok bool) {
	const (
		headerBytes          = 13
		extension, graphic   = 0x21, 0xf9
		hasPalette, sizeBits = 0x80, 7
	)
	byteAt := func(i int) int {
		if i < len(data) {
			return int(data[i])
		}
		return 0
	}
	palette, entries := headerBytes, 0
	at := headerBytes
	if flags := byteAt(10); flags&hasPalette != 0 {
		entries = 2 << (flags & sizeBits)
		at += 3 * entries
	}
	for ; byteAt(at) == extension; at++ {
		if byteAt(at+1) == graphic && byteAt(at+2) == 4 {
			ok = byteAt(at+3)&1 != 0
			index = byteAt(at + 6)
		}
		for at += 2; byteAt(at) != 0; at += 1 + byteAt(at) {
		}
	}
	if flags := byteAt(at + 9); flags&hasPalette != 0 {
		palette, entries = at+10, 2<<(flags&sizeBits)
	}
	i := palette + 3*index
	if !ok || index >= entries || i+3 > len(data) {
		return 0, color.RGBA{}, false
	}
	return index, color.RGBA{data[i], data[i+1], data[i+2], 255}, true
}
