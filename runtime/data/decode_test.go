package data

import (
	"bytes"
	"image"
	"image/color"
	"image/png"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// readExpected reads a PNG of opaque colours without the code under test.
func readExpected(t *testing.T, path string) *Image {
	f, err := os.Open(path)
	require.NoError(t, err)
	defer f.Close()
	m, err := png.Decode(f)
	require.NoError(t, err)
	out := NewImage(m.Bounds().Dx(), m.Bounds().Dy(), 3)
	for i := range out.Width * out.Height {
		r, g, b, _ := m.At(i%out.Width, i/out.Width).RGBA()
		out.Pix[3*i], out.Pix[3*i+1], out.Pix[3*i+2] = byte(r>>8), byte(g>>8), byte(b>>8)
	}
	return out
}

// difference returns the largest and the mean difference of two pictures in grey levels.
func difference(t *testing.T, a, b *Image) (largest int, mean float64) {
	require.Equal(t, []int{a.Width, a.Height, a.Channels}, []int{b.Width, b.Height, b.Channels})
	sum := 0
	for i, v := range a.Pix {
		d := int(v) - int(b.Pix[i])
		largest = max(largest, d, -d)
		sum += max(d, -d)
	}
	return largest, float64(sum) / float64(len(a.Pix))
}

// The files and what Pillow makes of them come from testdata/generate.py. Lossless formats agree exactly; JPEG and
// lossy WebP leave the last bit of the transforms to the decoder.
func TestDecodeImageAsPillow(t *testing.T) {
	expected, err := filepath.Glob("testdata/decode/*.*.png")
	require.NoError(t, err)
	require.Len(t, expected, 26)
	for _, path := range expected {
		source := strings.TrimSuffix(path, ".png")
		t.Run(filepath.Base(source), func(t *testing.T) {
			got, err := ReadImage(source, DefaultMaxPixels)
			require.NoError(t, err)
			largest, mean := difference(t, got, readExpected(t, path))
			t.Logf("largest difference %d, mean %.3f", largest, mean)
			if strings.HasSuffix(source, ".jpg") || strings.Contains(source, "lossy") {
				require.LessOrEqual(t, largest, 2)
				require.Less(t, mean, 0.1)
			} else {
				require.Zero(t, largest)
			}
		})
	}
}

func TestToRGBOfEveryKind(t *testing.T) {
	at := image.Rect(2, 3, 4, 4) // two pixels, away from the origin
	straight := color.NRGBA64{0x1234, 0x5678, 0x9abc, 0x8000}
	cases := map[string]struct {
		m    image.Image
		want []byte
	}{
		"nrgba64":  {fill(image.NewNRGBA64(at), straight), []byte{0x12, 0x56, 0x9a}},
		"nrgba":    {fill(image.NewNRGBA(at), color.NRGBA{1, 2, 3, 0}), []byte{1, 2, 3}},
		"rgba64":   {fill(image.NewRGBA64(at), color.RGBA64{0x1234, 0x5678, 0x9abc, 0xffff}), []byte{0x12, 0x56, 0x9a}},
		"rgba":     {fill(image.NewRGBA(at), color.RGBA{1, 2, 3, 255}), []byte{1, 2, 3}},
		"gray16":   {fill(image.NewGray16(at), color.Gray16{0x1234}), []byte{0x12, 0x12, 0x12}},
		"gray":     {fill(image.NewGray(at), color.Gray{7}), []byte{7, 7, 7}},
		"cmyk":     {fill(image.NewCMYK(at), color.CMYK{10, 20, 255, 40}), []byte{207, 198, 0}},
		"palette":  {fill(image.NewPaletted(at, color.Palette{color.Black, color.NRGBA{9, 8, 7, 0}}), color.NRGBA{9, 8, 7, 0}), []byte{9, 8, 7}},
		"uncommon": {fill(image.NewAlpha(at), color.Alpha{255}), []byte{255, 255, 255}},
	}
	for name, c := range cases {
		got := toRGB(c.m, fullRange)
		require.Equal(t, &Image{2, 1, 3, append(c.want, c.want...)}, got, name)
	}
}

func fill(m interface {
	image.Image
	Set(x, y int, c color.Color)
}, c color.Color) image.Image {
	b := m.Bounds()
	for x := b.Min.X; x < b.Max.X; x++ {
		m.Set(x, b.Min.Y, c)
	}
	return m
}

// A plane with one value comes out as that value, whatever the ratio and however the size fits it.
func TestChromaUpsamplingKeepsConstants(t *testing.T) {
	for _, ratio := range []image.YCbCrSubsampleRatio{image.YCbCrSubsampleRatio444, image.YCbCrSubsampleRatio422, image.YCbCrSubsampleRatio420,
		image.YCbCrSubsampleRatio440, image.YCbCrSubsampleRatio411, image.YCbCrSubsampleRatio410} {
		for width := 1; width <= 9; width++ {
			for height := 1; height <= 5; height++ {
				m := image.NewYCbCr(image.Rect(0, 0, width, height), ratio)
				for i := range m.Y {
					m.Y[i] = 100
				}
				for i := range m.Cb {
					m.Cb[i], m.Cr[i] = 128, 200
				}
				out := toRGB(m, fullRange)
				want := bytes.Repeat([]byte{201, 49, 100}, width*height)
				require.Equal(t, want, out.Pix, "%v %dx%d", ratio, width, height)
			}
		}
	}
}

func TestVideoRange(t *testing.T) {
	require.Equal(t, []int{0, 0, 0}, rgbOf(bt601ToRGB(16, 128, 128)))
	require.Equal(t, []int{255, 255, 255}, rgbOf(bt601ToRGB(235, 128, 128)))
	require.Equal(t, []int{255, 255, 255}, rgbOf(jfifToRGB(255, 128, 128)))
}

func rgbOf(red, green, blue int) []int { return []int{red, green, blue} }

func TestDecodeImageErrors(t *testing.T) {
	var small bytes.Buffer
	require.NoError(t, png.Encode(&small, image.NewGray(image.Rect(0, 0, 8, 4))))
	_, err := DecodeImage(small.Bytes(), 31)
	require.EqualError(t, err, "png: a picture of 8x4 is empty or exceeds the limit of 31 pixels, 65535 along a side")
	_, err = DecodeImage(small.Bytes(), 32)
	require.NoError(t, err)
	_, err = DecodeImage(small.Bytes()[:small.Len()-20], 32)
	require.ErrorContains(t, err, "png: ")
	for _, data := range []string{"", "\xff", "RIFFxxxxWAVE", "hello, world"} {
		_, err = DecodeImage([]byte(data), 32)
		require.EqualError(t, err, "not a JPEG, PNG, GIF, BMP or WebP picture")
	}
	for _, data := range []string{"\xff\xd8", "\x89PNG\r\n\x1a\n", "GIF89a", "BM", "RIFF\x00\x00\x00\x00WEBP"} {
		_, err = DecodeImage([]byte(data), 32)
		require.Error(t, err)
	}
	_, err = ReadImage(t.TempDir(), 32)
	require.ErrorContains(t, err, "not a file")
	_, err = ReadImage("testdata/generate.py", 32)
	require.EqualError(t, err, "testdata/generate.py: not a JPEG, PNG, GIF, BMP or WebP picture")
	_, err = ReadImage("testdata/none.png", 32)
	require.ErrorIs(t, err, os.ErrNotExist)
}

// FuzzDecodeImage: no input makes a decoder panic or allocate beyond the limit.
func FuzzDecodeImage(f *testing.F) {
	addFiles(f, "testdata/decode/*")
	f.Fuzz(func(t *testing.T, data []byte) {
		const maxPixels = 1 << 12
		m, err := DecodeImage(data, maxPixels)
		if err != nil {
			require.NotEmpty(t, err.Error())
			return
		}
		require.Positive(t, m.Width)
		require.LessOrEqual(t, m.Width*m.Height, maxPixels)
		require.Len(t, m.Pix, m.Width*m.Height*3)
	})
}

// addFiles makes the committed files that match a corpus.
func addFiles(f *testing.F, pattern string) {
	paths, err := filepath.Glob(pattern)
	require.NoError(f, err)
	require.NotEmpty(f, paths)
	for _, path := range paths {
		data, err := os.ReadFile(path)
		require.NoError(f, err)
		f.Add(data)
	}
}
