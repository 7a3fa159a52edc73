package train

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
)

// softmax is a linear classifier trained by SGD with momentum, in plain Go: what a compiled step is to a run. Its statistic
// counts the steps.
type softmax struct {
	batch, in, classes int
	w, momentum, count []float32
	gradient           []float32
	failAt             int // step that fails
	explodeAt          int // step whose update makes a parameter infinite
}

func newSoftmax(batch, in, classes int) *softmax {
	n := in * classes
	s := &softmax{batch: batch, in: in, classes: classes, w: make([]float32, n), momentum: make([]float32, n), count: make([]float32, 1),
		gradient: make([]float32, n), failAt: -1, explodeAt: -1}
	random := rand.New(rand.NewPCG(1, 2))
	for i := range s.w {
		s.w[i] = random.Float32() - 0.5
	}
	return s
}

func (s *softmax) Batch() int { return s.batch }

func (s *softmax) States() []State {
	return []State{
		{"weight", Parameter, []int{s.classes, s.in}, s.w},
		{"steps", Parameter, []int{}, s.count},
		{"weight.momentum", Moment, []int{s.classes, s.in}, s.momentum},
	}
}

// forward returns the loss of a sample and its prediction, and turns p into what the softmax gives.
func (s *softmax) forward(w, x []float32, label int64, p []float64) (loss float64, prediction int) {
	largest := math.Inf(-1)
	for c := range p {
		p[c] = 0
		for i, v := range x {
			p[c] += float64(w[c*s.in+i]) * float64(v)
		}
		if p[c] > largest {
			largest, prediction = p[c], c
		}
	}
	sum := 0.0
	for _, v := range p {
		sum += math.Exp(v - largest)
	}
	loss = largest + math.Log(sum) - p[label]
	for c := range p {
		p[c] = math.Exp(p[c]-largest) / sum
	}
	return loss, prediction
}

// differentiate fills in the gradient of the mean loss.
func (s *softmax) differentiate(images []float32, labels []int64) (loss float64, correct int) {
	clear(s.gradient)
	var p [4]float64
	for n, label := range labels {
		x := images[n*s.in : (n+1)*s.in]
		l, prediction := s.forward(s.w, x, label, p[:s.classes])
		loss += l / float64(s.batch)
		if int64(prediction) == label {
			correct++
		}
		p[label]--
		for c := range s.classes {
			for i, v := range x {
				s.gradient[c*s.in+i] += float32(p[c] / float64(s.batch) * float64(v))
			}
		}
	}
	return loss, correct
}

func (s *softmax) Step(step int, rate float64, images []float32, labels []int64) (float64, int, error) {
	if step == s.failAt {
		return 0, 0, errTest
	}
	loss, correct := s.differentiate(images, labels)
	for i, g := range s.gradient {
		s.momentum[i] = 0.9*s.momentum[i] + g
		s.w[i] -= float32(rate) * s.momentum[i]
	}
	if step == s.explodeAt {
		s.w[1] = float32(math.Inf(1))
	}
	s.count[0]++
	return loss, correct, nil
}

func (s *softmax) Evaluate(states []State, images []float32, labels []int64, losses []float32, predictions []int64) error {
	var p [4]float64
	for n, label := range labels {
		loss, prediction := s.forward(states[0].Data, images[n*s.in:(n+1)*s.in], label, p[:s.classes])
		losses[n], predictions[n] = float32(loss), int64(prediction)
	}
	return nil
}

func TestSoftmaxGradient(t *testing.T) {
	s := newSoftmax(3, 4, 3)
	images, labels := []float32{1, 2, -1, 0.5, 0, 1, 1, -2, 0.3, 0.2, 0.1, 1}, []int64{2, 0, 1}
	s.differentiate(images, labels)
	want := append([]float32{}, s.gradient...)
	for i := range s.w {
		const h = 1.0 / 128
		w := s.w[i]
		s.w[i] = w + h
		above, _ := s.differentiate(images, labels)
		s.w[i] = w - h
		below, _ := s.differentiate(images, labels)
		s.w[i] = w
		require.InDelta(t, want[i], (above-below)/(2*h), 1e-4)
	}
}
