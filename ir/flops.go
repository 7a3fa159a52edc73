package ir

import "nncc/runtime/tensor"

func flopsPerElement(n *Node) int64 { return int64(n.Out().Type.Elems()) }

func flopsConv(n *Node) int64 {
	w := n.Inputs[1].Type.Shape
	return 2 * int64(n.Out().Type.Elems()) * int64(tensor.Count(w[1:]))
}

func flopsGemm(n *Node) int64 {
	k := n.Inputs[0].Type.Shape[1]
	if n.Bool("trans_a") {
		k = n.Inputs[0].Type.Shape[0]
	}
	return 2 * int64(n.Out().Type.Elems()) * int64(k)
}

func flopsMatmul(n *Node) int64 {
	a := n.Inputs[0].Type.Shape
	return 2 * int64(n.Out().Type.Elems()) * int64(a[len(a)-1])
}

func flopsPool(n *Node) int64 {
	return int64(n.Out().Type.Elems()) * int64(tensor.Count(n.Ints("kernel")))
}

func flopsConvWeightGrad(n *Node) int64 {
	dw := n.Out().Type.Shape
	return 2 * int64(n.Inputs[0].Type.Elems()) * int64(tensor.Count(dw[1:]))
}

// flopsPoolGrad counts as many operations as for the pool.
func flopsPoolGrad(n *Node) int64 {
	return int64(n.Inputs[0].Type.Elems()) * int64(tensor.Count(n.Ints("kernel")))
}

// flopsMoments counts two sums, a difference and a square.
func flopsMoments(n *Node) int64 { return 4 * int64(n.Inputs[0].Type.Elems()) }

// flopsBatchNormGrad counts two sums, a difference and a product.
func flopsBatchNormGrad(n *Node) int64 { return 4 * int64(n.Inputs[0].Type.Elems()) }

// flopsCrossEntropy counts what softmax does.
func flopsCrossEntropy(n *Node) int64 { return 5 * int64(n.Inputs[0].Type.Elems()) }

// flopsReduce is one operation per number that goes in.
func flopsReduce(n *Node) int64 { return int64(n.Inputs[0].Type.Elems()) }

// flopsSoftmax counts the maximum, difference, exponential, sum and quotient.
func flopsSoftmax(n *Node) int64 { return 5 * int64(n.Out().Type.Elems()) }

func flopsFused(n *Node) int64 { return n.Body.FLOPs() }

// FLOPs is the number of arithmetic operations of one evaluation, a multiply-add counted as two.
func (g *Graph) FLOPs() int64 {
	total := int64(0)
	for _, n := range g.Nodes {
		if n.Op.FLOPs != nil {
			total += n.Op.FLOPs(n)
		}
	}
	return total
}
