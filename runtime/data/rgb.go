package data

import (
	"image"
	"image/color"
)

// toRGB copies a decoded picture into three channels, dropping alpha without blending. luma says how to read Y'CbCr.
func toRGB(m image.Image, luma lumaRange) *Image {
	bounds := m.Bounds()
	out := NewImage(bounds.Dx(), bounds.Dy(), 3)
	switch m := m.(type) {
	case *image.YCbCr:
		ycbcrToRGB(out, m, luma)
	case *image.NYCbCrA:
		ycbcrToRGB(out, &m.YCbCr, luma)
	case *image.RGBA: // decoders return this for opaque pictures only, so that alpha was not multiplied in
		copyRows(out, m.Pix, m.Stride, 4, func(to, p []byte) { to[0], to[1], to[2] = p[0], p[1], p[2] })
	case *image.NRGBA:
		copyRows(out, m.Pix, m.Stride, 4, func(to, p []byte) { to[0], to[1], to[2] = p[0], p[1], p[2] })
	case *image.RGBA64:
		copyRows(out, m.Pix, m.Stride, 8, func(to, p []byte) { to[0], to[1], to[2] = p[0], p[2], p[4] })
	case *image.NRGBA64:
		copyRows(out, m.Pix, m.Stride, 8, func(to, p []byte) { to[0], to[1], to[2] = p[0], p[2], p[4] })
	case *image.Gray:
		copyRows(out, m.Pix, m.Stride, 1, func(to, p []byte) { to[0], to[1], to[2] = p[0], p[0], p[0] })
	case *image.Gray16:
		copyRows(out, m.Pix, m.Stride, 2, func(to, p []byte) { to[0], to[1], to[2] = p[0], p[0], p[0] })
	case *image.CMYK:
		copyRows(out, m.Pix, m.Stride, 4, cmykToRGB)
	case *image.Paletted:
		colors := paletteRGB(m.Palette)
		copyRows(out, m.Pix, m.Stride, 1, func(to, p []byte) { copy(to, colors[p[0]][:]) })
	default:
		i := 0
		for y := bounds.Min.Y; y < bounds.Max.Y; y++ {
			for x := bounds.Min.X; x < bounds.Max.X; x++ {
				c := straight(m.At(x, y))
				i += copy(out.Pix[i:], c[:])
			}
		}
	}
	return out
}

// copyRows calls pixel for each pixel of out with the pixelBytes bytes of the source in the same place.
func copyRows(out *Image, pix []byte, stride, pixelBytes int, pixel func(to, from []byte)) {
	for y := range out.Height {
		from := pix[y*stride:]
		to := out.Pix[y*out.Width*3:][:out.Width*3]
		for x := range out.Width {
			pixel(to[3*x:3*x+3], from[x*pixelBytes:(x+1)*pixelBytes])
		}
	}
}

// paletteRGB returns 256 colours, so that no index is out of range; those that the palette lacks are black.
func paletteRGB(palette color.Palette) (colors [256][3]byte) {
	for i, c := range palette[:min(len(palette), len(colors))] {
		colors[i] = straight(c)
	}
	return colors
}

func straight(c color.Color) [3]byte {
	n := color.NRGBAModel.Convert(c).(color.NRGBA)
	return [3]byte{n.R, n.G, n.B}
}

// cmykToRGB is the usual conversion without colour profiles: each ink takes its share of what black leaves.
func cmykToRGB(to, p []byte) {
	white := 255 - int(p[3])
	for c := range to {
		product := int(p[c])*white + 128
		to[c] = byte(max(0, white-(product+product>>8)>>8))
	}
}
