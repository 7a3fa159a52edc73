package exec

import "time"

// spinFor bounds busy waiting. It covers the gap between two launches and a straggler's last chunk, and is short enough
// that a pool without work costs nothing worth measuring.
const spinFor = 50 * time.Microsecond

// spinInRun bounds a worker's busy waiting while there are runs in progress: waking it takes up to a tenth of a millisecond,
// in which a small network is done.
const spinInRun = time.Millisecond

// spinUntil waits for ready without giving up the processor, for at most about spinFor, and says whether it came true.
func spinUntil(ready func() bool) bool {
	const polls, pauses = 16, 4
	for start := time.Now(); ; {
		for range polls {
			if ready() {
				return true
			}
			pause(pauses)
		}
		if time.Since(start) > spinFor {
			return ready()
		}
	}
}
