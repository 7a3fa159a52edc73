package lower

import (
	"nncc/codegen/loopir"
	"nncc/codegen/sched"
)

// matrixRegisters shares the matrix registers out: sums of rows times blocks, rows of input, and the rest for weights.
type matrixRegisters struct {
	rows, blocks int
	held         [loopir.Matrices]matrixTerm
}

// matrixTerm is what a register holds of a factor: one of the numbers that stand for it. The zero value is nothing.
type matrixTerm struct{ known, index, term int }

func newMatrixRegisters(t sched.Tile) *matrixRegisters {
	return &matrixRegisters{rows: t.Pixels / loopir.MatrixRows, blocks: t.Blocks}
}

// eachSum runs body for every row of positions i and output block b.
func (r *matrixRegisters) eachSum(body func(i, b int)) {
	for b := range r.blocks {
		for i := range r.rows {
			body(i, b)
		}
	}
}

// sum is the register of one sum.
func (r *matrixRegisters) sum(i, b int) int { return b*r.rows + i }

// input returns the register that holds a term of row i of the input, loaded if it does not yet.
func (r *matrixRegisters) input(i, term int, load func(into int)) int {
	return r.hold(r.rows*r.blocks+i, matrixTerm{1, i, term}, load)
}

// weights is input for the weights of block b.
func (r *matrixRegisters) weights(b, term int, load func(into int)) int {
	first := r.rows*r.blocks + r.rows
	return r.hold(first+(b+term*r.blocks)%(loopir.Matrices-first), matrixTerm{1, b, term}, load)
}

// sumInto computes the sums of a register tile, which begin with the bias of the blocks from block on and to which products
// adds, and leaves them in p [block, position, 16] from position to on.
func (r *matrixRegisters) sumInto(k *kernel, p *loopir.Buffer, to loopir.Index, bias *loopir.Buffer, block loopir.Index, products func()) {
	r.eachSum(func(i, b int) { k.MatrixLoad(r.sum(i, b), 0, bias, block.AddC(b), loopir.C(0)) })
	products()
	r.eachSum(func(i, b int) {
		k.MatrixStore(r.sum(i, b), sched.BlockChannels, p, loopir.C(b), to.AddC(i*loopir.MatrixRows), loopir.C(0))
	})
}

// multiply adds the products of one step of the sum: input loads a term of row i, weights one of block b.
func (r *matrixRegisters) multiply(k *kernel, products int, input func(into, i, term int), weights func(into, b, term int)) {
	for _, term := range [][2]int{{0, 0}, {0, 1}, {1, 0}}[:products] { // upper halves, and each with a lower one
		for b := range r.blocks {
			w := r.weights(b, term[1], func(into int) { weights(into, b, term[1]) })
			for i := range r.rows {
				x := r.input(i, term[0], func(into int) { input(into, i, term[0]) })
				k.MatrixDot(r.sum(i, b), x, w)
			}
		}
	}
	r.held = [loopir.Matrices]matrixTerm{} // nothing is of use to the next step
}

func (r *matrixRegisters) hold(register int, want matrixTerm, load func(into int)) int {
	if r.held[register] != want {
		load(register)
		r.held[register] = want
	}
	return register
}
