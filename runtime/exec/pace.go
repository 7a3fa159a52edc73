package exec

import "time"

// pace decides whether workers help with the runs of one batch size: it times runs with them and without, and keeps to
// what is faster. Workers are a burden where a virtual machine has one core for two processors for a while, or where other
// programs use the processors. The results of a run do not depend on its threads.
type pace struct {
	alone   bool          // what is usual: runs without helpers
	trying  bool          // the other way is being timed
	runs    int           // in the stretch that is being timed
	since   int           // runs since the other way was timed
	best    time.Duration // the stretch's
	usual   time.Duration // the least of the last stretch of the usual way
	unusual time.Duration // and of the other way; 0: not known
}

// Lengths in runs. Trials cost time where the other way is slower: helpers that help may be twice as fast, those that
// do not are seldom as bad.
const (
	paceStretch     = 4   // the least of so many is compared
	paceTrial       = 2   // the least of so many of the other way
	paceFirst       = 64  // runs with helpers until one without is timed: a program of few runs has all of them helped
	paceHelpedFor   = 256 // and later on, unless they become as slow as those without
	paceUnhelpedFor = 64  // runs without helpers until they get another chance
)

// helped reports whether workers take part in the next run.
func (p *pace) helped() bool { return p.alone == p.trying }

// took notes the time of the run that was asked for with helped.
func (p *pace) took(d time.Duration) {
	if p.runs == 0 || d < p.best {
		p.best = d
	}
	p.runs++
	switch {
	case p.trying && p.runs == paceTrial:
		p.compare()
	case !p.trying && p.runs == paceStretch:
		p.since += p.runs
		p.usual, p.runs = p.best, 0
		p.trying = p.due()
	}
}

// due reports whether the other way is timed next.
func (p *pace) due() bool {
	switch {
	case p.alone:
		return p.since >= paceUnhelpedFor
	case p.unusual == 0:
		return p.since >= paceFirst
	}
	return p.usual >= p.unusual || p.since >= paceHelpedFor
}

// compare ends a trial. The other way becomes the usual one if it is clearly faster.
func (p *pace) compare() {
	p.unusual = p.best
	if p.unusual < p.usual*19/20 {
		p.alone = !p.alone
		p.usual, p.unusual = p.unusual, p.usual
	}
	p.trying, p.runs, p.since = false, 0, 0
}
