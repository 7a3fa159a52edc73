// Package grad makes graphs that train a network out of the one that runs it. Step is one step of training: forward,
// backward and update, as a graph like any other. Evaluation is the network with its loss, and Inference the
// network alone, their parameters being states of the same names, so that they use what Step made without being compiled
// anew.
//
// Gradients are reverse-mode automatic differentiation with one rule per op, the column Grad of the op table; an update is
// arithmetic on a parameter and its gradient. Definitions are PyTorch's, so that recipes carry over.
package grad
