package main

import (
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"nncc/runtime/data"
	"nncc/runtime/program"
	"nncc/runtime/tensor"
)

// pictureOptions are the flags that say how a picture becomes an input, for models that do not.
type pictureOptions struct {
	mean, std []float64
	scale     float64
	order     string
}

func (o *pictureOptions) register(cmd *cobra.Command) {
	f := cmd.Flags()
	f.Float64SliceVar(&o.mean, "mean", nil, "pictures: subtract `M` after scaling, one number or one per channel")
	f.Float64SliceVar(&o.std, "std", nil, "pictures: divide by `S` after that, one number or one per channel")
	f.Float64Var(&o.scale, "scale", 0, "pictures: multiply 8-bit samples by `F` first (default 1/255)")
	f.StringVar(&o.order, "order", "", "pictures: order of the input's channels, `rgb|bgr` (default rgb)")
}

func (o pictureOptions) given() bool {
	return len(o.mean) > 0 || len(o.std) > 0 || o.scale != 0 || o.order != ""
}

// preprocess is how pictures become the first input: as the flags say, else as the model does, else x/255, which notes
// gets a line about.
func (o pictureOptions) preprocess(sig program.Signature, notes io.Writer) (*data.Preprocess, error) {
	in := sig.Inputs[0]
	if len(in.Shape) != 4 || in.Shape[0] != 1 || in.DType != tensor.F32 {
		return nil, fmt.Errorf("input %q is %v%v: pictures go into f32[1, channels, height, width]; pass an .npy file", in.Name, in.DType, in.Shape)
	}
	p := &data.Preprocess{Channels: in.Shape[1], Height: in.Shape[2], Width: in.Shape[3]}
	switch m := sig.Preprocess; {
	case o.given():
		p.Scale, p.Mean, p.Std, p.Order = float32(o.scale), narrow(o.mean), narrow(o.std), o.order
		if err := p.Validate(); err != nil {
			return nil, &usageError{err}
		}
	case m != nil:
		p.Scale, p.Mean, p.Std, p.Order = float32(m.Scale), narrow(m.Mean), narrow(m.Std), m.Order
	default:
		note(notes, "the model does not say how pictures are normalised; they are divided by 255 (--mean, --std, --scale, --order)")
	}
	return p, p.Validate()
}

func narrow(values []float64) []float32 {
	var out []float32
	for _, v := range values {
		out = append(out, float32(v))
	}
	return out
}
