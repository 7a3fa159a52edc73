package data

// normalizer writes pictures that have the input's size and channels as a network's input.
type normalizer struct {
	channels, height, width int
	from                    []int          // the picture's channel that becomes channel c of the input
	tables                  [][256]float32 // the input value of each sample value in channel c
}

// view is where a network's input looks at a picture: moved, turned over, with a square of it covered. The zero value
// is the picture as it is.
type view struct {
	dx, dy  int  // pixel (x, y) of the input is (x+dx, y+dy) of the picture
	reflect bool // outside of the picture it is its mirror image, without the border itself; otherwise it is black
	flip    bool // left and right are exchanged after the move
	covered square
}

// square covers the pixels (x, y) with x0 <= x < x1 and y0 <= y < y1 of the input with zeros.
type square struct{ x0, y0, x1, y1 int }

func newNormalizer(p *Preprocess) *normalizer {
	n := &normalizer{channels: p.Channels, height: p.Height, width: p.Width}
	for c := range p.Channels {
		from := c
		if p.Order == "bgr" {
			from = p.Channels - 1 - c
		}
		n.from, n.tables = append(n.from, from), append(n.tables, p.values(c))
	}
	return n
}

// write fills dst, [channel][row][column], with a view of pix, [row][column][channel].
func (n *normalizer) write(dst []float32, pix []byte, v view) {
	for c := range n.channels {
		plane := dst[c*n.height*n.width:][:n.height*n.width]
		for y := range n.height {
			row := plane[y*n.width:][:n.width]
			n.writeRow(row, pix, c, y+v.dy, v)
			if y >= v.covered.y0 && y < v.covered.y1 {
				clear(row[v.covered.x0:v.covered.x1])
			}
		}
	}
}

// writeRow fills a row of channel c from row y of the picture, which may lie outside.
func (n *normalizer) writeRow(row []float32, pix []byte, c, y int, v view) {
	table := &n.tables[c]
	if v.reflect {
		y = reflect(y, n.height)
	}
	if y < 0 || y >= n.height {
		fillRow(row, table[0])
		return
	}
	line := pix[y*n.width*n.channels:][:n.width*n.channels]
	at, step := v.dx, 1 // of the picture, for pixel 0 of the row
	inside, end := max(-v.dx, 0), min(n.width-v.dx, n.width)
	if v.flip {
		at, step = v.dx+n.width-1, -1
		inside, end = max(v.dx, 0), min(n.width+v.dx, n.width)
	}
	for i := range inside {
		row[i] = table[n.outside(line, at+i*step, c, v)]
	}
	for i, k := inside, (at+inside*step)*n.channels+n.from[c]; i < end; i, k = i+1, k+step*n.channels {
		row[i] = table[line[k]]
	}
	for i := end; i < n.width; i++ {
		row[i] = table[n.outside(line, at+i*step, c, v)]
	}
}

// outside is what is seen of channel c at a place x left or right of a line.
func (n *normalizer) outside(line []byte, x, c int, v view) byte {
	if !v.reflect {
		return 0
	}
	return line[reflect(x, n.width)*n.channels+n.from[c]]
}

// reflect mirrors a coordinate that lies outside of [0, n) by less than n.
func reflect(i, n int) int {
	if i < 0 {
		return -i
	}
	if i >= n {
		return 2*n - 2 - i
	}
	return i
}

func fillRow(row []float32, value float32) {
	for i := range row {
		row[i] = value
	}
}
