package exec

import "time"

// spinFor bounds busy waiting. It covers a straggler's last chunk and the gap between two runs, in which an image is copied,
// and is about twice what sleeping and being woken costs on a virtual machine.
const spinFor = 200 * time.Microsecond

// spinInRun bounds a worker's busy waiting while there are runs in progress: waking it takes up to a tenth of a millisecond,
// in which a small network is done.
const spinInRun = time.Millisecond

// spinUntil waits for ready without giving up the processor, for at most about d, and says whether it came true.
func spinUntil(ready func() bool, d time.Duration) bool {
	const polls, pauses = 16, 4
	for start := time.Now(); ; {
		for range polls {
			if ready() {
				return true
			}
			pause(pauses)
		}
		if time.Since(start) > d {
			return ready()
		}
	}
}
