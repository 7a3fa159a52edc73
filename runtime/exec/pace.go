package exec

import (
	"math"
	"time"
)

// pace decides whether workers help with the runs of one batch size: it times runs with them and without, and keeps to
// what is faster. Workers are a burden where a virtual machine has one core for two processors for a while, or where other
// programs use the processors. The results of a run do not depend on its threads.
type pace struct {
	threads  int
	alone    bool          // what is usual: runs without helpers
	trying   bool          // the other way is being timed
	runs     int           // in the stretch that is being timed
	spent    time.Duration // on them
	best     time.Duration // the least of them
	usual    time.Duration // the least of the last stretch of the usual way
	unusual  time.Duration // and of the last trial of the other way
	since    int           // runs since that
	wait     int           // runs until the next
	patience int           // the least wait until helpers get another chance: short at first, as what disturbed them may be over
}

// Lengths in runs, and in time.
const (
	paceStretch      = 4                      // the least of so many is compared
	paceTrial        = 2                      // with the least of so many of the other way, at least
	paceTrialTime    = 500 * time.Microsecond // at least: workers have to wake up, and spin for a while when they are not needed
	paceTrialMost    = 64                     // and at most
	paceFirst        = 32                     // times threads, before the first trial: few runs are all helped
	paceHelpedFor    = 256                    // until runs without helpers are timed again, at least
	paceUnhelpedFrom = 8                      // until helpers get another chance
	paceUnhelpedTo   = 64
	paceBudget       = 64 // a trial may cost one in so many of the runs before the next
)

func newPace(threads int) pace {
	return pace{threads: threads, wait: paceFirst * threads, unusual: math.MaxInt64}
}

// helped reports whether workers take part in the next run.
func (p *pace) helped() bool { return p.alone == p.trying }

// took notes the time of the run that was asked for with helped.
func (p *pace) took(d time.Duration) {
	if p.runs == 0 {
		p.best, p.spent = d, 0
	}
	p.best, p.spent, p.runs = min(p.best, d), p.spent+d, p.runs+1
	switch {
	case p.trying:
		clearlySlower := d > p.usual*3/2
		if p.spent >= paceTrialTime && (clearlySlower || p.runs >= paceTrial) || p.runs >= paceTrialMost {
			p.compare()
		}
	case p.runs == paceStretch:
		p.usual, p.since, p.runs = p.best, p.since+p.runs, 0
		p.trying = p.since >= p.wait || !p.alone && p.usual > p.unusual
	}
}

// compare ends a trial. The other way becomes the usual one if it is clearly faster.
func (p *pace) compare() {
	p.unusual = p.best
	if p.unusual < p.usual*19/20 {
		p.alone = !p.alone
		p.usual, p.unusual = p.unusual, p.usual
		p.patience, p.wait = paceUnhelpedFrom, paceHelpedFor
		if p.alone {
			p.wait = p.patience
		}
	} else {
		p.wait = max(paceHelpedFor, p.repaid())
		if p.alone {
			p.patience = min(2*p.patience, paceUnhelpedTo)
			p.wait = max(p.patience, p.repaid())
		}
	}
	p.trying, p.runs, p.since = false, 0, 0
}

// repaid is how many runs a trial that failed is to be paid from. It costs more the more threads there are; what is more than
// that many times as long was disturbed.
func (p *pace) repaid() int {
	lost := float64(p.spent)/float64(max(p.usual, 1)) - float64(p.runs)
	return int(paceBudget * min(max(lost, 0), float64(p.threads*p.runs)))
}
