package compose

import "nncc/ir"

// DepthToSpace moves groups of size*size channels of x [N, C, H, W] into blocks of pixels. Channels of the result are
// numbered before the places in a block if channelsFirst, after them otherwise.
func (m Maker) DepthToSpace(x *ir.Value, size int, channelsFirst bool) *ir.Value {
	shape := x.Type.Shape
	if shape[1]%(size*size) != 0 {
		return m.Errorf("%d channels for blocks of %d by %d pixels", shape[1], size, size)
	}
	c := shape[1] / (size * size)
	split, perm := []int{shape[0], size, size, c, shape[2], shape[3]}, []int{0, 3, 4, 1, 5, 2}
	if channelsFirst {
		split, perm = []int{shape[0], c, size, size, shape[2], shape[3]}, []int{0, 1, 4, 2, 5, 3}
	}
	v := m.Step("transpose", ir.Attrs{"perm": perm}, m.Reshape(x, split...))
	return m.Emit("reshape", ir.Attrs{"shape": []int{shape[0], c, shape[2] * size, shape[3] * size}}, v)
}

// SpaceToDepth moves blocks of size*size pixels of x [N, C, H, W] into channels: the reverse of DepthToSpace.
func (m Maker) SpaceToDepth(x *ir.Value, size int, channelsFirst bool) *ir.Value {
	shape := x.Type.Shape
	if shape[2]%size != 0 || shape[3]%size != 0 {
		return m.Errorf("%d by %d pixels do not consist of blocks of %d by %d", shape[2], shape[3], size, size)
	}
	perm := []int{0, 3, 5, 1, 2, 4}
	if channelsFirst {
		perm = []int{0, 1, 3, 5, 2, 4}
	}
	v := m.Reshape(x, shape[0], shape[1], shape[2]/size, size, shape[3]/size, size)
	v = m.Step("transpose", ir.Attrs{"perm": perm}, v)
	return m.Emit("reshape", ir.Attrs{"shape": []int{shape[0], shape[1] * size * size, shape[2] / size, shape[3] / size}}, v)
}
