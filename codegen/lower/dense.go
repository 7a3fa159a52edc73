package lower

import (
	"encoding/binary"
	"fmt"
	"math"

	"nncc/codegen/loopir"
	"nncc/codegen/sched"
	"nncc/ir"
	"nncc/runtime/tensor"
)

// lowerGemm computes a dense layer; matrices that need no packing go to the kernel for products of any.
func lowerGemm(l *lowerer, n *ir.Node) error {
	d, ok := denseOfGemm(n)
	if !ok {
		return lowerGemmPlain(l, n)
	}
	return l.dense(n, d)
}

// dense multiplies rows of x with weights packed as [out/16][in][16 of out]; a tile of rows times
// vectors of outputs stays in registers.
func (l *lowerer) dense(n *ir.Node, d dense) error {
	x, order, err := l.denseInput(n.Inputs[0], d)
	if err != nil {
		return err
	}
	weights, err := l.packDense(d, order)
	if err != nil {
		return err
	}
	bias, err := l.packDenseBias(d)
	if err != nil {
		return err
	}
	k := &denseKernel{kernel: newKernel("dense", l.target), dense: d, inner: len(order), dims: logicalDims(n.Out().Type)}
	k.rows = ir.Type{Shape: k.dims[:len(k.dims)-1]}.Elems()
	matrix, tile, byMatrix := sched.DenseMatrix(k.rows, len(order), d.outputs, l.target)
	k.tile, k.parts = tile, tile.Parts(l.target)
	k.src = k.as(k.in, x, x.samples(), k.rows, k.inner)
	switch k.short = l.plan.Short[n]; {
	case byMatrix:
		k.packed = k.in(l.denseMatrices(weights, matrix))
	case k.short > 0:
		k.packed = k.in(l.shortWeights(weights, k.short))
	default:
		k.packed = k.in(l.weightsFor(x, weights))
	}
	k.b = k.in(bias)
	if k.epilogue, err = l.newEpilogue(k.kernel, n, sched.Planar); err != nil {
		return err
	}
	out, err := l.define(n.Out(), sched.Layout{BF16: l.plan.Layout[n.Out()].BF16})
	if err != nil {
		return err
	}
	k.y = k.as(k.out, out, out.samples(), k.rows, d.outputs)
	if byMatrix {
		(&matrixDense{denseKernel: k, Matrix: matrix}).body()
		return l.emit(k.kernel, n, "dense-matrix", k.tile)
	}
	if size, wide, ok := sched.GroupSamples(k.rows, k.inner, k.outputs, k.tile, k.short > 0, l.target); ok && k.src.Batched() && k.y.Batched() {
		k.bodyOfGroup(size, wide)
	} else {
		k.body()
	}
	return l.emit(k.kernel, n, k.family(), k.tile)
}

// dense is y[..., outputs] = alpha * x[..., features] * w + beta * bias.
type dense struct {
	features, outputs int
	w, bias           *ir.Value
	transposed        bool // w is [outputs, features]
	alpha, beta       float64
}

// denseOfMatmul describes a product of rows with a constant matrix; false if n is something else.
func denseOfMatmul(n *ir.Node) (dense, bool) {
	a := sched.Anchor(n)
	x, w := a.Inputs[0].Type, sched.Outer(n, a.Inputs[1])
	if x.DType != tensor.F32 || x.Rank() < 2 || w.Type.Rank() != 2 || !w.IsConst() {
		return dense{}, false
	}
	return dense{features: w.Type.Shape[0], outputs: w.Type.Shape[1], w: w, alpha: 1, beta: 1}, true
}

// denseOfGemm describes a gemm with constant weights and bias, or with weights that are worth packing at run time: of
// which a vector of outputs is not contiguous. False if n is something else.
func denseOfGemm(n *ir.Node) (dense, bool) {
	a := sched.Anchor(n)
	x, y := a.Inputs[0].Type, a.Out().Type
	d := dense{features: x.Shape[1], outputs: y.Shape[1], w: sched.Outer(n, a.Inputs[1]), bias: sched.Outer(n, a.Input(2)),
		transposed: a.Bool("trans_b"), alpha: a.Float("alpha"), beta: a.Float("beta")}
	if x.DType != tensor.F32 || a.Bool("trans_a") || !d.w.IsConst() && (!d.transposed || d.alpha != 1 || d.beta != 1) {
		return d, false
	}
	if d.bias == nil {
		return d, true
	}
	b := d.bias.Type
	return d, (d.bias.IsConst() || d.beta == 1) && b.Elems() == d.outputs && b.Shape[b.Rank()-1] == d.outputs
}

// denseInput returns the memory of x, and for each element of a row which input feature it holds (-1: padding). A
// flattened image is read where it lies, and constant weights are permuted instead. Rows that memory
// keeps as bf16 are of even length.
func (l *lowerer) denseInput(x *ir.Value, d dense) (*Storage, []int, error) {
	if r := x.Def; r != nil && d.w.IsConst() && r.Op.Name == "reshape" && len(l.stored[x]) == 0 && x.Type.Rank() == 2 {
		image := r.Inputs[0]
		m, ok := sched.ImageOf(image.Type)
		if ok && len(l.stored[image]) > 0 && m.N == x.Type.Shape[0] && image.Type.Rank() >= 3 {
			s := l.stored[image][0]
			return s, featureOrder(m, s.Layout), nil
		}
	}
	s, err := l.readIf(x, sched.Layout{}, func(have sched.Layout) bool { return have == sched.Layout{BF16: have.BF16} })
	if err != nil {
		return nil, nil, err
	}
	order := make([]int, x.Type.Shape[x.Type.Rank()-1])
	for i := range order {
		order[i] = i
	}
	return s, order, nil
}

// featureOrder lists, for each element of one image in memory, its number in row-major [C, H, W], or -1.
func featureOrder(m sched.Image, lay sched.Layout) []int {
	m.N = 1
	row := lay.Left + m.W + lay.Right
	blocked := lay.Kind == sched.Blocked
	size := m.C * m.H * row
	if blocked {
		size = m.Blocks() * m.H * row * sched.BlockChannels
	}
	order := make([]int, size)
	for i := range order {
		lane, pixel := 0, i
		if blocked {
			lane, pixel = i%sched.BlockChannels, i/sched.BlockChannels
		}
		x, y, c := pixel%row-lay.Left, pixel/row%m.H, pixel/row/m.H
		if blocked {
			c = c*sched.BlockChannels + lane
		}
		order[i] = -1
		if x >= 0 && x < m.W && c < m.C {
			order[i] = (c*m.H+y)*m.W + x
		}
	}
	return order
}

// packDense orders the weights as [out/16][in][16 of out], times alpha, the inputs as they lie in memory.
func (l *lowerer) packDense(d dense, order []int) (*Storage, error) {
	const b = sched.BlockChannels
	blocks := ceilDiv(d.outputs, b)
	if !d.w.IsConst() {
		return l.packed(d.w, packing{"dense", []int{d.outputs, d.features},
			[]packAxis{{blocks, 0, b}, {d.features, 1, 1}, {b, 0, 1}}, []int{blocks, d.features, b}})
	}
	form := fmt.Sprint("dense ", d.transposed, d.alpha, order)
	return l.pack(d.w, form, []int{blocks, len(order), b}, func(dst []float32) {
		w := d.w.Const.Data // not F32s, which may copy all of them
		for o := range d.outputs {
			for k, i := range order {
				if i < 0 {
					continue
				}
				at := i*d.outputs + o
				if d.transposed {
					at = o*d.features + i
				}
				dst[(o/b*len(order)+k)*b+o%b] = float32(d.alpha * float64(math.Float32frombits(binary.LittleEndian.Uint32(w[4*at:]))))
			}
		}
	}), nil
}

func (l *lowerer) packDenseBias(d dense) (*Storage, error) {
	if d.beta == 1 || d.bias == nil {
		return l.biasOf(d.bias, d.w, d.outputs)
	}
	const b = sched.BlockChannels
	blocks := (d.outputs + b - 1) / b
	return l.pack(d.bias, fmt.Sprint("dense bias ", d.beta), []int{blocks, b}, func(dst []float32) {
		for i, v := range d.bias.Const.F32s() {
			dst[i] = float32(d.beta * float64(v))
		}
	}), nil
}

type denseKernel struct {
	*kernel
	dense
	short             sched.Short
	rows, inner       int   // of a sample of x in memory
	dims              []int // of y, see logicalDims
	tile              sched.Tile
	parts             int // sums for each result, so that the latency of one multiply-add hides behind the others
	src, packed, b, y *loopir.Buffer
	epilogue          *epilogue
	n                 loopir.Index // sample
}

func (k *denseKernel) family() string {
	if k.short > 0 {
		return "dense " + k.short.String()
	}
	return k.termsOf(k.src).family("dense")
}

// body computes the whole product: the grid runs over samples, pieces of rows and tiles of outputs. Of weights and rows,
// what is larger is read once.
func (k *denseKernel) body() {
	k.n = k.samples(&Storage{Dims: k.y.Dims})
	var first, lane loopir.Index
	weightsOuter := k.outputs > k.rows
	if weightsOuter {
		first, lane = k.outputTiles()
	}
	piece := k.pieces(k.rows, k.tile.Pixels, productPieces)
	if !weightsOuter {
		first, lane = k.outputTiles()
	}
	piece.tiles(k.kernel, func(m loopir.Index) {
		k.compute(denseTile{k.tile, first, lane, func(p loopir.Index) denseRow { return denseRow{k.n, m.Add(p)} }})
	})
}

// outputTiles adds grid dimensions over tiles of outputs: first is the first block of one, lane its first output there.
func (k *denseKernel) outputTiles() (first, lane loopir.Index) {
	blocks, lanes := ceilDiv(k.outputs, sched.BlockChannels), k.target.Lanes
	first = k.grid("g", blocks/k.tile.Blocks).Mul(k.tile.Blocks)
	lane = k.grid("s", sched.BlockChannels/lanes/k.tile.Subs).Mul(k.tile.Subs * lanes)
	return first, lane
}

// place is where a row lies in the result as its readers see it.
func (k *denseKernel) place(r denseRow, feature loopir.Index) []loopir.Index {
	return k.rowPlace(k.dims, r.row, feature, r.sample, k.y)
}

// rowPlace is the place of a column of row m, one of all that a sample of dst, which has logical dimensions dims, consists of.
func (k *kernel) rowPlace(dims []int, m, column, sample loopir.Index, dst *loopir.Buffer) []loopir.Index {
	last := len(dims) - 1
	idx := make([]loopir.Index, len(dims))
	idx[last] = column
	for d := last - 1; d > 0; d-- {
		idx[d], m = m.Mod(dims[d]), m.Div(dims[d])
	}
	if last > 0 {
		idx[0] = m
	}
	if dst.Batched() {
		idx[0] = sample
	}
	return idx
}
