package main

import (
	"fmt"
	"io"
	"os"
	"time"
)

// progress shows what a long command is doing: one line on a terminal, nothing elsewhere.
type progress struct {
	w     io.Writer // nil where nobody looks
	start time.Time
	shown time.Time // when tick last did something
}

func newProgress(w io.Writer) *progress {
	p := &progress{start: time.Now()}
	if f, ok := w.(*os.File); ok {
		if info, err := f.Stat(); err == nil && info.Mode()&os.ModeCharDevice != 0 {
			p.w = w
		}
	}
	return p
}

// eraseLine returns to the start of a terminal's line and clears it.
const eraseLine = "\r\x1b[K"

// step replaces the line.
func (p *progress) step(format string, args ...any) {
	if p.w != nil {
		fmt.Fprintf(p.w, eraseLine+"%4.1fs "+format, append([]any{time.Since(p.start).Seconds()}, args...)...)
	}
}

// tick is step for what happens too often to be read: it leaves most out.
func (p *progress) tick(format string, args ...any) {
	const often = 100 * time.Millisecond
	if p.w == nil || time.Since(p.shown) < often {
		return
	}
	p.shown = time.Now()
	p.step(format, args...)
}

// done removes the line.
func (p *progress) done() {
	if p.w != nil {
		fmt.Fprint(p.w, eraseLine)
	}
}
