package exec

import "sync/atomic"

// parker lets one goroutine sleep until others have made a condition true. The sleeper announces itself before it looks
// at the condition for the last time; a waker makes the condition true before it looks for a sleeper. So one of them
// sees the other.
type parker struct {
	asleep atomic.Bool
	wakeup chan struct{} // capacity 1; a token only for an announced sleeper
}

// sleepUnless returns when ready holds, or after a wake that may be early: callers loop.
func (p *parker) sleepUnless(ready func() bool) {
	p.asleep.Store(true)
	if ready() && p.asleep.CompareAndSwap(true, false) {
		return
	}
	<-p.wakeup
}

// wake wakes the sleeper, if there is one. It does not block.
func (p *parker) wake() {
	if p.asleep.Load() && p.asleep.CompareAndSwap(true, false) {
		p.wakeup <- struct{}{}
	}
}
