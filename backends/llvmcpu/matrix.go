package llvmcpu

import (
	"github.com/llir/llvm/ir/constant"
	"github.com/llir/llvm/ir/enum"
	"github.com/llir/llvm/ir/types"

	"nncc/codegen/loopir"
)

// Matrix registers are AMX tiles of the same numbers. Every call configures them and releases them at its end, as the
// next one may run on another thread. The intrinsics are those with explicit numbers: the others let LLVM spill tiles.

// tileConfig is palette 1: rows of so many bytes for each tile.
func tileConfig() []byte {
	config := make([]byte, 64)
	config[0] = 1
	for m := range loopir.Matrices {
		config[16+2*m] = loopir.MatrixRowBytes
		config[48+m] = loopir.MatrixRows
	}
	return config
}

func (e *emitter) configureMatrices() {
	const name = "tile_config"
	if e.mod.tiles == nil {
		e.mod.tiles = e.mod.ll.NewGlobalDef(name, constant.NewCharArray(tileConfig()))
		e.mod.tiles.Immutable, e.mod.tiles.Linkage, e.mod.tiles.Align = true, enum.LinkagePrivate, 64
	}
	e.intrinsic("x86.ldtilecfg", types.Void, nil, constant.NewBitCast(e.mod.tiles, types.I8Ptr))
}

func (e *emitter) releaseMatrices() { e.intrinsic("x86.tilerelease", types.Void, nil) }

func (e *emitter) matrix(s loopir.Stmt) {
	tile := func(m int) *constant.Int { return constant.NewInt(types.I8, int64(m)) }
	memory := func(name string, m int, buf *loopir.Buffer, idx []loopir.Index, pitch int) {
		p := e.b.NewBitCast(e.address(buf, idx), types.I8Ptr)
		e.intrinsic(name, types.Void, nil, tile(m), p, i64(pitch*buf.Elem.Bytes()))
	}
	switch s := s.(type) {
	case *loopir.MatrixZero:
		e.intrinsic("x86.tilezero", types.Void, nil, tile(s.M))
	case *loopir.MatrixLoad:
		memory("x86.tileloadd64", s.M, s.Buf, s.Idx, s.Pitch)
	case *loopir.MatrixStore:
		memory("x86.tilestored64", s.M, s.Buf, s.Idx, s.Pitch)
	case *loopir.MatrixDot:
		e.intrinsic("x86.tdpbf16ps", types.Void, nil, tile(s.Acc), tile(s.A), tile(s.B))
	}
}
