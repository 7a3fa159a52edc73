package train

import "fmt"

// Curve is the loss over a run of any length, in a bounded number of points: each is the mean over Stride steps, which
// doubles when there are too many.
type Curve struct {
	Stride int       `json:"stride"`
	Loss   []float64 `json:"loss"`
	Rate   []float64 `json:"rate"` // the highest learning rate of each point's steps
	Sum    float64   `json:"sum"`  // of the losses of the point that is not complete
	Count  int       `json:"count"`
	Top    float64   `json:"top"` // its highest learning rate
}

const maxPoints = 512

func newCurve() Curve {
	return Curve{Stride: 1, Loss: make([]float64, 0, maxPoints), Rate: make([]float64, 0, maxPoints)}
}

func (c *Curve) add(loss, rate float64) {
	c.Top = max(c.Top, rate)
	c.Sum += loss
	c.Count++
	if c.Count < c.Stride {
		return
	}
	c.Loss, c.Rate = append(c.Loss, c.Sum/float64(c.Count)), append(c.Rate, c.Top)
	c.Sum, c.Count, c.Top = 0, 0, 0
	if len(c.Loss) == maxPoints {
		c.halve()
	}
}

// halve joins every two points.
func (c *Curve) halve() {
	for i := range maxPoints / 2 {
		c.Loss[i], c.Rate[i] = (c.Loss[2*i]+c.Loss[2*i+1])/2, max(c.Rate[2*i], c.Rate[2*i+1])
	}
	c.Loss, c.Rate, c.Stride = c.Loss[:maxPoints/2], c.Rate[:maxPoints/2], 2*c.Stride
}

// check reports whether a curve out of a file is one of so many steps, and restores its room to grow.
func (c *Curve) check(steps int) error {
	if c.Stride < 1 || len(c.Loss) >= maxPoints || len(c.Rate) != len(c.Loss) || c.Count < 0 || c.Count >= c.Stride ||
		len(c.Loss)*c.Stride+c.Count != steps {
		return fmt.Errorf("a curve of %d points, %d steps each, is not that of %d steps", len(c.Loss), c.Stride, steps)
	}
	c.Loss, c.Rate = append(make([]float64, 0, maxPoints), c.Loss...), append(make([]float64, 0, maxPoints), c.Rate...)
	return nil
}
