package sched

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"nncc/ir"
	"nncc/ir/irtest"
)

var update = flag.Bool("update", false, "write the expected texts anew")

// The layout of each value, where it lies, and the family and best tile of each convolution, read as recorded.
func TestTexts(t *testing.T) {
	files, err := filepath.Glob("../../testdata/sched/*.nnir")
	require.NoError(t, err)
	require.NotEmpty(t, files)
	for _, file := range files {
		text, err := os.ReadFile(file)
		require.NoError(t, err)
		var got strings.Builder
		for _, target := range Targets {
			g, err := ir.Parse(file, string(text))
			require.NoError(t, err)
			fmt.Fprintf(&got, "%s\n%s\n", target.ISA, decisions(g, Assign(g, target)))
		}
		irtest.Golden(t, strings.TrimSuffix(file, ".nnir")+".want", got.String(), *update)
	}
}

// decisions prints a line for each value of g that is computed.
func decisions(g *ir.Graph, p *Plan) string {
	var b strings.Builder
	for _, n := range g.Nodes {
		line := fmt.Sprintf("  %-12s %-12s", n.Out().Name, p.Layout[n.Out()])
		if c, ok := p.Conv[n]; ok {
			line += fmt.Sprintf(" %-15s", c.Family)
			if len(c.Tiles) > 0 {
				line += " " + c.Tiles[0].String()
			}
		}
		if part, ok := p.Within[n.Out()]; ok {
			line += fmt.Sprintf(" within %s from block %d", part.Whole.Name, part.Block)
		}
		if block, ok := p.Views[n.Out()]; ok {
			line += fmt.Sprintf(" block %d of %s", block, n.Inputs[0].Name)
		}
		b.WriteString(strings.TrimRight(line, " ") + "\n")
	}
	return b.String()
}

// Schedules keep what the lowerings rely on, for all kinds of graphs.
func TestInvariants(t *testing.T) {
	for seed := range uint64(300) {
		g := irtest.RandomGraph(seed)
		if seed%2 == 0 {
			g = irtest.RandomConv(seed)
		}
		for _, target := range Targets {
			p := Assign(g, target)
			require.Equal(t, decisions(g, p), decisions(g, Assign(g, target)), "the same graph is scheduled alike")
			for n, choice := range p.Conv {
				c, _ := FusedConv(n)
				checkTiles(t, target, c, choice)
			}
			for v, l := range p.Layout {
				_, image := ImageOf(v.Type)
				require.True(t, image || l == Layout{}, "%v is no image", v.Type)
			}
			for _, o := range g.Outputs {
				if l := p.Layout[o.Value]; l.Kind == Planar {
					require.Equal(t, Layout{}, l, "an output is plain memory")
				}
			}
		}
	}
}

// A halo is as wide as the widest reader asks for.
func TestHalosCoverReaders(t *testing.T) {
	for seed := range uint64(200) {
		g := irtest.RandomGraph(seed)
		for _, target := range Targets {
			p := Assign(g, target)
			for n, choice := range p.Conv {
				c, _ := FusedConv(n)
				have, computed := p.Layout[n.Inputs[0]]
				if !computed || choice.Family == ConvPlain || have.Kind != choice.In || g.IsOutput(n.Inputs[0]) {
					continue
				}
				require.GreaterOrEqual(t, have.Left, c.Left)
				require.GreaterOrEqual(t, have.Right, c.Right())
			}
		}
	}
}

func TestUseTile(t *testing.T) {
	g := irtest.RandomConv(1)
	p := Assign(g, Targets[0])
	for n := range p.Conv {
		tiles := p.Conv[n].Tiles
		require.Greater(t, len(tiles), 1)
		for i, next := range tiles {
			require.True(t, p.UseTile(n, i))
			require.Equal(t, next, p.Conv[n].Tiles[0])
		}
		require.False(t, p.UseTile(n, len(tiles)))
		require.True(t, p.UseTile(n, 0))
		require.Equal(t, tiles, p.Conv[n].Tiles)
	}
	require.NotEmpty(t, p.Conv)
	require.False(t, p.UseTile(&ir.Node{}, 0), "no convolution")
}
