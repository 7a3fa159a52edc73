package schedule

// Plateau lowers the rate when a loss no longer falls: ReduceLROnPlateau, relative and with eps 1e-8. PyTorch's defaults
// are Factor 0.1, Patience 10, Threshold 1e-4 and the others 0.
type Plateau struct {
	Factor, Threshold, Min float64
	Patience, Cooldown     int // in observations
	PlateauState
}

// PlateauState is what a Plateau remembers of a run.
type PlateauState struct {
	Current float64  `json:"rate"`
	Best    *float64 `json:"best,omitempty"` // nil before the first observation
	Bad     int      `json:"bad"`            // observations since the best one
	Cooling int      `json:"cooling"`        // observations that do not count, because the rate has just been lowered
}

// Rate is the rate at present, whatever the step.
func (p *Plateau) Rate(int) float64 { return p.Current }

// Observe takes the loss of an epoch.
func (p *Plateau) Observe(loss float64) {
	if p.Best == nil || loss < *p.Best*(1-p.Threshold) {
		p.Best, p.Bad = &loss, 0
	} else {
		p.Bad++
	}
	if p.Cooling > 0 {
		p.Cooling--
		p.Bad = 0
	}
	if p.Bad <= p.Patience {
		return
	}
	const least = 1e-8 // smaller changes are left out
	if lower := max(p.Current*p.Factor, p.Min); p.Current-lower > least {
		p.Current = lower
	}
	p.Cooling, p.Bad = p.Cooldown, 0
}
