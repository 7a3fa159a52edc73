package data

import "image"

// lumaRange is the range of Y' in Y'CbCr samples.
type lumaRange int

const (
	fullRange  lumaRange = iota // 0 to 255, as in JPEG (JFIF)
	videoRange                  // 16 to 235, and chroma 16 to 240, as in VP8 (ITU-R BT.601)
)

// ycbcrToRGB converts m into out. Chroma that is stored at half the resolution is interpolated with a triangle filter,
// as libjpeg and libwebp do by default and so what most training pictures were decoded with.
func ycbcrToRGB(out *Image, m *image.YCbCr, luma lumaRange) {
	horizontal, vertical := subsampling(m.SubsampleRatio)
	cb := plane{m.Cb, m.CStride, (out.Width + horizontal - 1) / horizontal, (out.Height + vertical - 1) / vertical}
	cr := cb
	cr.pix = m.Cr
	convert := jfifToRGB
	if luma == videoRange {
		convert = bt601ToRGB
	}
	up := upsampler{horizontal, vertical, make([]int, cb.width)}
	b, r := make([]byte, cb.width*horizontal), make([]byte, cb.width*horizontal)
	for y := range out.Height {
		up.row(b, cb, y)
		up.row(r, cr, y)
		row := m.Y[y*m.YStride:][:out.Width]
		to := out.Pix[y*out.Width*3:][:out.Width*3]
		for x, luma := range row {
			red, green, blue := convert(int(luma), int(b[x]), int(r[x]))
			to[3*x], to[3*x+1], to[3*x+2] = clip(red), clip(green), clip(blue)
		}
	}
}

func subsampling(ratio image.YCbCrSubsampleRatio) (horizontal, vertical int) {
	switch ratio {
	case image.YCbCrSubsampleRatio422:
		return 2, 1
	case image.YCbCrSubsampleRatio420:
		return 2, 2
	case image.YCbCrSubsampleRatio440:
		return 1, 2
	case image.YCbCrSubsampleRatio411:
		return 4, 1
	case image.YCbCrSubsampleRatio410:
		return 4, 2
	}
	return 1, 1
}

// jfifToRGB uses the coefficients of JFIF 1.02 in 16-bit fixed point.
func jfifToRGB(y, cb, cr int) (red, green, blue int) {
	const half = 1 << 15
	cb, cr = cb-128, cr-128
	red = y + (91881*cr+half)>>16             // 1.402
	green = y + (-22554*cb-46802*cr+half)>>16 // 0.34414, 0.71414
	blue = y + (116130*cb+half)>>16           // 1.772
	return red, green, blue
}

// bt601ToRGB uses the coefficients of ITU-R BT.601 for 8-bit video levels in 14-bit fixed point.
func bt601ToRGB(y, cb, cr int) (red, green, blue int) {
	const half = 1 << 13
	y, cb, cr = 19077*(y-16)+half, cb-128, cr-128 // 255/219
	red = (y + 26149*cr) >> 14                    // 1.402 * 255/224
	green = (y - 6419*cb - 13320*cr) >> 14        // 0.34414, 0.71414 * 255/224
	blue = (y + 33050*cb) >> 14                   // 1.772 * 255/224
	return red, green, blue
}

func clip(v int) byte { return byte(min(max(v, 0), 255)) }

type plane struct {
	pix           []byte
	stride        int
	width, height int
}

func (p plane) row(y int) []byte {
	y = min(max(y, 0), p.height-1)
	return p.pix[y*p.stride:][:p.width]
}

// upsampler brings rows of a chroma plane to the resolution of luma. A factor of 2 interpolates: samples lie at the
// centre of the pixels that they cover, so that a pixel gets 3/4 of the nearer sample and 1/4 of the other.
// A factor of 4 repeats.
type upsampler struct {
	horizontal, vertical int
	sums                 []int // a row of the plane, four times as large
}

// row computes row y of the picture from the plane p; len(out) is a multiple of the plane's width.
func (u *upsampler) row(out []byte, p plane, y int) {
	near := p.row(y / u.vertical)
	far := near
	if u.vertical == 2 && u.interpolates(p) {
		far = p.row(y/2 - 1 + y%2*2)
	}
	for i := range u.sums {
		u.sums[i] = 3*int(near[i]) + int(far[i])
	}
	if u.horizontal != 2 || !u.interpolates(p) {
		bias := 1 + y%u.vertical // rounding halves up and down in turn, as libjpeg does, keeps the mean
		for x := range out {
			out[x] = byte((u.sums[x/u.horizontal] + bias) >> 2)
		}
		return
	}
	left, right := 8, 7
	if u.vertical == 1 {
		left, right = 4, 8
	}
	last := len(u.sums) - 1
	for i, sum := range u.sums {
		out[2*i] = byte((3*sum + u.sums[max(i-1, 0)] + left) >> 4)
		out[2*i+1] = byte((3*sum + u.sums[min(i+1, last)] + right) >> 4)
	}
}

// interpolates reports whether libjpeg would interpolate: it repeats the samples of very narrow pictures, and those
// at a quarter of the resolution.
func (u *upsampler) interpolates(p plane) bool {
	return u.horizontal == 1 || u.horizontal == 2 && p.width > 2
}
