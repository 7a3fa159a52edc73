package data

import (
	"errors"
	"fmt"
	"math"
	"slices"
)

// Preprocess says how a picture becomes a network's input. The picture is resized to Width x Height directly, without
// keeping its proportions or cropping, and channel c of the input is (sample*Scale - Mean[c]) / Std[c].
type Preprocess struct {
	Width, Height int
	Channels      int       // 1 (grey) or 3
	Order         string    // "rgb", which is the default, or "bgr"
	Scale         float32   // 0 means 1/255
	Mean, Std     []float32 // a value a channel in the input's order, one value for all, or none (0 and 1)
}

// Validate reports the first field that makes no sense.
func (p *Preprocess) Validate() error {
	switch {
	case p.Width <= 0 || p.Height <= 0 || p.Width > maxSide || p.Height > maxSide:
		return fmt.Errorf("preprocess: size %dx%d: sides are 1 to %d", p.Width, p.Height, maxSide)
	case p.Channels != 1 && p.Channels != 3:
		return fmt.Errorf("preprocess: %d channels: pictures have 1 or 3", p.Channels)
	case p.Order != "" && p.Order != "rgb" && p.Order != "bgr":
		return fmt.Errorf("preprocess: order %q is neither rgb nor bgr", p.Order)
	case !finite(p.Scale):
		return fmt.Errorf("preprocess: scale %v", p.Scale)
	}
	if err := p.validateChannels("mean", p.Mean); err != nil {
		return err
	}
	if slices.Contains(p.Std, 0) {
		return errors.New("preprocess: std 0")
	}
	return p.validateChannels("std", p.Std)
}

func (p *Preprocess) validateChannels(name string, values []float32) error {
	if n := len(values); n > 1 && n != p.Channels {
		return fmt.Errorf("preprocess: %d values of %s for %d channels", n, name, p.Channels)
	}
	for _, v := range values {
		if !finite(v) {
			return fmt.Errorf("preprocess: %s %v", name, v)
		}
	}
	return nil
}

func finite(v float32) bool { return !math.IsNaN(float64(v)) && !math.IsInf(float64(v), 0) }

// Apply writes m as a network's input to dst, of length Channels*Height*Width: channel, row, column.
func (p *Preprocess) Apply(dst []float32, m *Image) error {
	if err := p.Validate(); err != nil {
		return err
	}
	if len(dst) != p.elems() {
		return fmt.Errorf("preprocess: %d values for an input of %dx%dx%d", len(dst), p.Channels, p.Height, p.Width)
	}
	m, err := p.fit(m)
	if err != nil {
		return err
	}
	newNormalizer(p).write(dst, m.Pix, view{})
	return nil
}

func (p *Preprocess) elems() int { return p.Channels * p.Height * p.Width }

// fit returns m with the input's size and number of channels, m itself if it has them.
func (p *Preprocess) fit(m *Image) (*Image, error) {
	m, err := m.WithChannels(p.Channels)
	if err == nil {
		m, err = Resize(m, p.Width, p.Height)
	}
	if err != nil {
		return nil, fmt.Errorf("preprocess: %w", err)
	}
	return m, nil
}

// values tabulates the input value of each sample value in channel c. It computes in float64, so that the only
// rounding is the last one.
func (p *Preprocess) values(c int) (table [256]float32) {
	scale, mean, std := float64(p.Scale), channel(p.Mean, c, 0), channel(p.Std, c, 1)
	if scale == 0 {
		scale = 1.0 / 255
	}
	for v := range table {
		table[v] = float32((float64(float64(v)*scale) - mean) / std)
	}
	return table
}

func channel(values []float32, c int, otherwise float64) float64 {
	switch len(values) {
	case 0:
		return otherwise
	case 1:
		return float64(values[0])
	}
	return float64(values[c])
}
