package ir

import (
	"fmt"
	"slices"

	"nncc/ir/diag"
)

// MarkBatched sets g.Batched if the graph keeps samples apart, and reports whether it does: the first dimension of
// every input and output is 1 and counts samples, and every op maps it to its result's, sample by sample.
func MarkBatched(g *Graph) bool {
	g.Batched = checkBatched(g) == nil
	return g.Batched
}

// checkBatched names the first place where the graph does not keep samples apart.
func checkBatched(g *Graph) error {
	carries := map[*Value]bool{}
	for _, v := range g.Inputs {
		if v.Type.Rank() == 0 || v.Type.Shape[0] != 1 {
			return &diag.Error{Pos: v.Pos, Msg: fmt.Sprintf("input %s is %v: its first dimension is not 1", quoteName(v.Name), v.Type)}
		}
		carries[v] = true
	}
	if n := mixesSamples(g, carries); n != nil {
		return &diag.Error{Pos: n.Pos, Msg: n.Op.Name + " mixes the samples of a batch"}
	}
	for _, s := range g.States {
		if s.Out != s.In {
			return &diag.Error{Pos: s.In.Pos, Msg: fmt.Sprintf("state %q changes, which samples of a batch must not do", s.Name)}
		}
	}
	for _, o := range g.Outputs {
		if !carries[o.Value] {
			return &diag.Error{Pos: o.Value.Pos, Msg: fmt.Sprintf("output %q does not depend on the input", o.Name)}
		}
	}
	return nil
}

// mixesSamples extends carries, the set of values whose first dimension (of 1) counts samples, to the graph's nodes.
// It returns the first node that does not keep samples apart, or nil.
func mixesSamples(g *Graph, carries map[*Value]bool) *Node {
	for _, n := range g.Nodes {
		any, inputs := false, make([]bool, len(n.Inputs))
		for i, v := range n.Inputs {
			inputs[i] = carries[v]
			any = any || inputs[i]
		}
		if !any {
			continue
		}
		rule := n.Op.Samples
		if rule == nil {
			rule = samplesBroadcast
		}
		if !rule(n, inputs) {
			return n
		}
		for _, v := range n.Outputs {
			if v.Type.Rank() == 0 || v.Type.Shape[0] != 1 {
				return n
			}
			carries[v] = true
		}
	}
	return nil
}

// The rules below get, per input, whether its first dimension counts samples; at least one does. They report whether
// the result's first dimension then does. That it is 1 is checked above.

func samplesBroadcast(n *Node, carries []bool) bool {
	for i, v := range n.Inputs {
		if carries[i] && v.Type.Rank() != n.Out().Type.Rank() {
			return false
		}
	}
	return true
}

// samplesFirst is for ops whose other inputs are parameters.
func samplesFirst(_ *Node, carries []bool) bool {
	for _, c := range carries[1:] {
		if c {
			return false
		}
	}
	return true
}

// samplesAll is for ops that treat the samples of all their inputs alike.
func samplesAll(_ *Node, carries []bool) bool { return !slices.Contains(carries, false) }

// samplesNever is for ops that add samples up.
func samplesNever(*Node, []bool) bool { return false }

func samplesGemm(n *Node, carries []bool) bool {
	if n.Bool("trans_a") || carries[1] || !carries[0] {
		return false
	}
	return len(carries) < 3 || !carries[2] || n.Inputs[2].Type.Rank() == 2
}

func samplesMatmul(n *Node, carries []bool) bool {
	a, b := n.Inputs[0].Type.Rank(), n.Inputs[1].Type.Rank()
	rank := max(a, b)
	if carries[0] && (a != rank || a < 2) {
		return false
	}
	return !carries[1] || b == rank && b > 2
}

func samplesSoftmax(n *Node, _ []bool) bool { return n.Int("axis") != 0 }

func samplesReduce(n *Node, _ []bool) bool { return !slices.Contains(n.Ints("axes"), 0) }

func samplesConcat(n *Node, _ []bool) bool { return n.Int("axis") != 0 }

// samplesLayout is for reshape and slice: row-major order keeps a first dimension of 1 what it is.
func samplesLayout(*Node, []bool) bool { return true }

func samplesTranspose(n *Node, _ []bool) bool { return n.Ints("perm")[0] == 0 }

func samplesPad(n *Node, _ []bool) bool {
	pad := n.Ints("pad")
	return pad[0] == 0 && pad[len(pad)/2] == 0
}

func samplesGather(n *Node, carries []bool) bool {
	if carries[1] {
		return !carries[0] && n.Int("axis") == 0
	}
	return n.Int("axis") != 0
}

// samplesGatherElements lets one list of indices be that of all samples, but not one x that of all indices.
func samplesGatherElements(n *Node, carries []bool) bool { return n.Int("axis") != 0 && carries[0] }

func samplesFused(n *Node, carries []bool) bool {
	inner := map[*Value]bool{}
	for i, v := range n.Body.Inputs {
		inner[v] = carries[i]
	}
	if mixesSamples(n.Body, inner) != nil {
		return false
	}
	for _, o := range n.Body.Outputs {
		if !inner[o.Value] {
			return false
		}
	}
	return true
}
