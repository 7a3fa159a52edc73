package sched

// Axis is how Winograd's tiles cover the results in one direction. The last one is as large as the others, over the one before where
// they do not divide the results; or it is trimmed to what is left, for which it needs the first places only.
type Axis struct {
	Tiles     int
	All, Last Side
}

// Side is a tile's in one direction: its results, and the places of their transform.
type Side struct{ Out, In int }

// SizedTiles are neighbouring tiles of one size.
type SizedTiles struct {
	From, To int
	Side
}

// SharedPlaces are neighbouring places that so many tiles have, the first ones.
type SharedPlaces struct{ From, To, Tiles int }

// axis covers extent results, one tile at least, in tiles of side all.
func axis(all Side, taps, stride, extent int, trims bool) Axis {
	a := Axis{Tiles: ceilDiv(extent, all.Out), All: all, Last: all}
	if rest := extent % all.Out; trims && rest > 0 {
		a.Last = Side{rest, (rest-1)*stride + taps}
	}
	return a
}

// Trimmed reports whether the last tile is smaller than the others.
func (a Axis) Trimmed() bool { return a.Last != a.All }

// Sizes are all tiles.
func (a Axis) Sizes() []SizedTiles {
	if !a.Trimmed() {
		return []SizedTiles{{0, a.Tiles, a.All}}
	}
	return []SizedTiles{{0, a.Tiles - 1, a.All}, {a.Tiles - 1, a.Tiles, a.Last}}
}

// Places are all places.
func (a Axis) Places() []SharedPlaces {
	first := SharedPlaces{0, a.Last.In, a.Tiles}
	if !a.Trimmed() {
		return []SharedPlaces{first}
	}
	return []SharedPlaces{first, {a.Last.In, a.All.In, a.Tiles - 1}}
}
