package interp

import (
	"math"

	"nncc/ir"
)

// table has the meaning of every op but fused. in has one array per input, an empty one where the node has
// none; t is the type of the result.
var table = map[string]func(n *ir.Node, in []array, t ir.Type) (array, error){
	"conv":   conv,
	"gemm":   gemm,
	"matmul": matmul,

	"relu":      relu,
	"clip":      clip,
	"sigmoid":   unary(func(x float64) float64 { return 1 / (1 + math.Exp(-x)) }),
	"tanh":      unary(math.Tanh),
	"identity":  func(_ *ir.Node, in []array, _ ir.Type) (array, error) { return in[0], nil },
	"cast":      cast,
	"add":       binary(func(a, b float64) float64 { return a + b }, func(a, b int64) int64 { return a + b }),
	"sub":       binary(func(a, b float64) float64 { return a - b }, func(a, b int64) int64 { return a - b }),
	"mul":       binary(func(a, b float64) float64 { return a * b }, func(a, b int64) int64 { return a * b }),
	"div":       div,
	"batchnorm": batchnorm,

	"maxpool": maxpool,
	"avgpool": avgpool,
	"softmax": softmax,

	"concat":    concat,
	"slice":     slice,
	"transpose": transpose,
	"reshape":   reshape,
	"pad":       pad,
	"gather":    gather,
}
