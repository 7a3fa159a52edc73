package data

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	"image/gif"
	"image/jpeg"
	"image/png"
	"io"
	"os"
	"slices"

	"golang.org/x/image/bmp"
	"golang.org/x/image/webp"
)

const (
	// DefaultMaxPixels bounds a picture's area where the caller knows no better bound: an 8K frame fits.
	DefaultMaxPixels = 1 << 25

	maxImageFileBytes = 1 << 28
)

// format is a kind of picture file, known by the bytes at its start; '?' stands for any byte.
type format struct {
	name   string
	magic  string
	config func(io.Reader) (image.Config, error)
	decode func(data []byte) (*Image, error)
}

// formats is a table of our own, because the one of package image depends on what else a program imports.
func formats() []format {
	return []format{
		{"jpeg", "\xff\xd8", jpeg.DecodeConfig, decodeWith(jpeg.Decode, fullRange)},
		{"png", "\x89PNG\r\n\x1a\n", png.DecodeConfig, decodeWith(png.Decode, fullRange)},
		{"gif", "GIF8", gif.DecodeConfig, decodeGIF},
		{"bmp", "BM", bmp.DecodeConfig, decodeWith(bmp.Decode, fullRange)},
		{"webp", "RIFF????WEBP", webp.DecodeConfig, decodeWith(webp.Decode, videoRange)},
	}
}

func (f *format) matches(data []byte) bool {
	if len(data) < len(f.magic) {
		return false
	}
	for i := range len(f.magic) {
		if f.magic[i] != '?' && f.magic[i] != data[i] {
			return false
		}
	}
	return true
}

func decodeWith(decode func(io.Reader) (image.Image, error), luma lumaRange) func([]byte) (*Image, error) {
	return func(data []byte) (*Image, error) {
		m, err := decode(bytes.NewReader(data))
		if err != nil {
			return nil, err
		}
		return toRGB(m, luma), nil
	}
}

// DecodeImage decodes a JPEG, PNG, GIF (the first frame), BMP or WebP picture of at most maxPixels to three channels,
// as Pillow's Image.open(...).convert("RGB") does: alpha is dropped without blending, the EXIF orientation and colour
// profiles are ignored. Sixteen-bit samples keep their high byte (Pillow clips 16-bit grey to white instead).
func DecodeImage(data []byte, maxPixels int) (*Image, error) {
	known := formats()
	i := slices.IndexFunc(known, func(f format) bool { return f.matches(data) })
	if i < 0 {
		return nil, errors.New("not a JPEG, PNG, GIF, BMP or WebP picture")
	}
	f := known[i]
	config, err := f.config(bytes.NewReader(data))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", f.name, err)
	}
	width, height := config.Width, config.Height
	if width <= 0 || height <= 0 || width > maxSide || height > maxSide || width > maxPixels/height {
		return nil, fmt.Errorf("%s: a picture of %dx%d is empty or exceeds the limit of %d pixels, %d along a side", f.name, width, height, maxPixels, maxSide)
	}
	m, err := f.decode(data)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", f.name, err)
	}
	return m, nil
}

// ReadImage reads a picture file; see DecodeImage. Errors name the file.
func ReadImage(path string, maxPixels int) (*Image, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() || info.Size() > maxImageFileBytes {
		return nil, fmt.Errorf("%s: not a file, or one of more than %d bytes", path, maxImageFileBytes)
	}
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	m, err := DecodeImage(data, maxPixels)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return m, nil
}
