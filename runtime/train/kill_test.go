package train

import (
	"context"
	"errors"
	"io/fs"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// killedDir names the folder where a process that is there to be killed trains.
const killedDir = "NNCC_TEST_TRAIN_IN"

func TestMain(m *testing.M) {
	if dir := os.Getenv(killedDir); dir != "" {
		if err := trainToBeKilled(dir); err != nil {
			os.Stderr.WriteString(err.Error() + "\n")
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// trainToBeKilled trains slowly, going on from the checkpoint if there is one.
func trainToBeKilled(dir string) error {
	c := newConfig(noTest{}, dir)
	c.write, c.SaveEvery = nil, 1
	c.OnStep = func(*Status) { time.Sleep(time.Millisecond) }
	path := filepath.Join(dir, CheckpointFile)
	if _, err := os.Stat(path); !errors.Is(err, fs.ErrNotExist) {
		c.Resume = path
	}
	_, err := Run(context.Background(), c)
	return err
}

// noTest stands in for a test in a process that runs none.
type noTest struct{ testing.TB }

func (noTest) Helper()                      {}
func (noTest) Errorf(f string, args ...any) { panic(f) }
func (noTest) FailNow()                     { panic("failed") }

// A run that is killed, at any moment, goes on each time from its last checkpoint, ends as one that is not, and leaves
// nothing else behind.
func TestKilled(t *testing.T) {
	if runtime.GOOS == "js" {
		t.Skip("no other processes here")
	}
	whole := t.TempDir()
	runOK(t, newConfig(t, whole))
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	random := rand.New(rand.NewPCG(seed, 0))
	const kills = 20
	for killed := 0; killed < kills; {
		dir := t.TempDir()
		for runIn(t, dir, time.Duration(10+random.IntN(90+5*killed))*time.Millisecond) { // in the end long enough for a slow machine
			killed++
		}
		requireWhole(t, whole, dir)
	}
}

// runIn lets another process train in dir, and reports whether it was killed before it came to the end.
func runIn(t *testing.T, dir string, after time.Duration) (killed bool) {
	process := exec.Command(os.Args[0])
	process.Env = append(os.Environ(), killedDir+"="+dir)
	var stderr strings.Builder
	process.Stderr = &stderr
	require.NoError(t, process.Start())
	kill := time.AfterFunc(after, func() { _ = process.Process.Kill() })
	defer kill.Stop()
	err := process.Wait()
	require.Empty(t, stderr.String())
	return err != nil
}

// requireWhole checks that what a run has left in dir is what another has in whole.
func requireWhole(t *testing.T, whole, dir string) {
	require.Equal(t, readFile(t, whole, WeightsFile), readFile(t, dir, WeightsFile))
	require.Equal(t, readFile(t, whole, BestFile), readFile(t, dir, BestFile))
	entries, err := os.ReadDir(dir)
	require.NoError(t, err)
	var names []string
	for _, e := range entries {
		if !strings.HasPrefix(e.Name(), "events.out.tfevents.") { // one for each time
			names = append(names, e.Name())
		}
	}
	require.Equal(t, []string{BestFile, CheckpointFile, MetricsFile, WeightsFile}, names)
}
