package interp

import (
	"math"

	"nncc/ir"
)

// meaning computes one result of a node. in has one array per input, an empty one where the node has none; t is the type
// of the result.
type meaning func(n *ir.Node, in []array, t ir.Type) (array, error)

// table has the meaning of every op but fused: a function for each of its results.
var table = map[string][]meaning{
	"conv":   {conv},
	"gemm":   {gemm},
	"matmul": {matmul},

	"relu":      {relu},
	"clip":      {clip},
	"sigmoid":   {unary(func(x float64) float64 { return 1 / (1 + math.Exp(-x)) })},
	"silu":      {unary(func(x float64) float64 { return x / (1 + math.Exp(-x)) })},
	"tanh":      {unary(math.Tanh)},
	"exp":       {unary(math.Exp)},
	"log":       {unary(math.Log)},
	"sqrt":      {unary(math.Sqrt)},
	"erf":       {unary(math.Erf)},
	"gelu":      {unary(func(x float64) float64 { return x / 2 * math.Erfc(-x/math.Sqrt2) })},
	"sin":       {unary(math.Sin)},
	"cos":       {unary(math.Cos)},
	"atan":      {unary(math.Atan)},
	"softplus":  {unary(func(x float64) float64 { return math.Max(x, 0) + math.Log1p(math.Exp(-math.Abs(x))) })},
	"elu":       {elu},
	"prelu":     {binary(prelu, nil)},
	"abs":       {abs},
	"floor":     {unary(math.Floor)},
	"round":     {unary(math.RoundToEven)},
	"identity":  {func(_ *ir.Node, in []array, _ ir.Type) (array, error) { return in[0], nil }},
	"dropout":   {func(_ *ir.Node, in []array, _ ir.Type) (array, error) { return in[0], nil }},
	"cast":      {cast},
	"add":       {binary(func(a, b float64) float64 { return a + b }, func(a, b int64) int64 { return a + b })},
	"sub":       {binary(func(a, b float64) float64 { return a - b }, func(a, b int64) int64 { return a - b })},
	"mul":       {binary(func(a, b float64) float64 { return a * b }, func(a, b int64) int64 { return a * b })},
	"div":       {div},
	"min":       {extremum(math.Min, false)},
	"max":       {extremum(math.Max, true)},
	"pow":       {binary(math.Pow, nil)},
	"compare":   {compare},
	"where":     {where},
	"batchnorm": {batchnorm},

	"maxpool": {maxpool},
	"avgpool": {avgpool},
	"softmax": {softmax}, "standardize": {standardize},
	"reduce": {reduce},
	"argmax": {arg(false)},
	"argmin": {arg(true)},

	"concat":    {concat},
	"slice":     {slice},
	"transpose": {transpose},
	"reshape":   {reshape},
	"pad":       {pad},
	"gather":    {gather}, "gather_elements": {gatherElements},

	"conv_weight_grad":   {convWeightGrad},
	"maxpool_grad":       {maxpoolGrad},
	"avgpool_grad":       {avgpoolGrad},
	"moments":            {mean, variance},
	"batchnorm_grad":     {batchnormGradScale, batchnormGradBias},
	"cross_entropy":      {crossEntropy},
	"cross_entropy_grad": {crossEntropyGrad},
	"random":             {random},
}

// readsStored has the ops that read constants as they need them: in float64, a classifier's weights take twice the model.
var readsStored = map[string]bool{"gemm": true}
