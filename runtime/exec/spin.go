package exec

import "time"

// spinFor bounds busy waiting. It covers the gap between two launches and a straggler's last chunk, and is short enough
// that a pool without work costs nothing worth measuring.
const spinFor = 50 * time.Microsecond

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
