package lower_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"nncc/codegen/sched"
	"nncc/ir"
)

// Operands that arrive at run time broadcast to images in blocks, whatever their rank.
func TestBroadcastToBlocks(t *testing.T) {
	for _, c := range []struct{ image, operand string }{
		{"2, 16, 4, 5", "2, 16, 4, 5"},
		{"2, 16, 4, 5", "16, 4, 5"},
		{"2, 16, 4, 5", "16, 1, 1"},
		{"2, 16, 4, 5", "4, 1"},
		{"2, 16, 4, 5", "5"},
		{"2, 16, 4, 5", "1"},
		{"2, 16, 4, 5", "2, 16, 1, 1"},
		{"2, 16, 4, 5", "1, 1, 4, 5"},
		{"1, 16, 4, 5", "3, 1, 1, 1"},
		{"1, 16, 4, 5", "2, 1, 1, 1, 1"},
		{"2, 16, 5", "16, 1"},
		{"2, 16, 5", "5"},
	} {
		kernel := "1, 1"
		if len(c.image) < len("1, 16, 4, 5") {
			kernel = "1"
		}
		text := "graph g {\ninput %x: f32[" + c.image + "]\ninput %s: f32[" + c.operand + `]
			const %w: f32[20, 16, ` + kernel + `] = uniform(seed 1, -0.3, 0.3)
			const %v: f32[16, 20, ` + kernel + `] = uniform(seed 2, -0.3, 0.3)
			%a = conv(%x, %w)
			%b = conv(%a, %v)
			%y = mul(%b, %s)
			%z = sub(%s, %b)
			output %y
			output %z
		}`
		for _, target := range sched.Targets {
			t.Run(target.ISA, func(t *testing.T) {
				t.Log(text)
				g, err := ir.Parse("g", text)
				require.NoError(t, err)
				lowered(t, g, target)
			})
		}
	}
}
