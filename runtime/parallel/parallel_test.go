package parallel

import (
	"errors"
	"fmt"
	"runtime"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestStart(t *testing.T) {
	require.EqualError(t, Start(func() error { return errors.New("late") })(), "late")
	require.NoError(t, Start(func() error { return nil })())
	wait := Start(func() error { runtime.Goexit(); return nil })
	require.NoError(t, wait(), "a goroutine that leaves is not waited for")
}

func TestEveryNumberOnce(t *testing.T) {
	for _, n := range []int{0, 1, 7, 1000} {
		for name, run := range map[string]func(int, func(int) error) error{"All": All, "Each": Each} {
			var sum atomic.Int64
			require.NoError(t, run(n, func(i int) error { sum.Add(int64(i) + 1); return nil }))
			require.EqualValues(t, n*(n+1)/2, sum.Load(), "%s %d", name, n)
		}
		var sum atomic.Int64
		Ranges(n, func(first, end int) {
			for i := first; i < end; i++ {
				sum.Add(int64(i) + 1)
			}
		})
		require.EqualValues(t, n*(n+1)/2, sum.Load(), "Ranges %d", n)
	}
}

// TestLowestFails finds that the error does not depend on who comes first, and keeps nobody from going on.
func TestLowestFails(t *testing.T) {
	for name, run := range map[string]func(int, func(int) error) error{"All": All, "Each": Each} {
		var calls atomic.Int64
		err := run(100, func(i int) error {
			calls.Add(1)
			if i%10 == 3 {
				return fmt.Errorf("no %d", i)
			}
			return nil
		})
		require.EqualError(t, err, "no 3", name)
		require.EqualValues(t, 100, calls.Load(), name)
	}
}

func lost() { panic("lost") }

// TestPanicsGoOn finds the place of a panic in the goroutine that waits, also where two others are in between.
func TestPanicsGoOn(t *testing.T) {
	for name, f := range map[string]func(){
		"Start":  func() { _ = Start(func() error { lost(); return nil })() },
		"All":    func() { _ = All(3, func(int) error { lost(); return nil }) },
		"Each":   func() { _ = Each(3, func(int) error { lost(); return nil }) },
		"Ranges": func() { Ranges(3, func(int, int) { lost() }) },
		"nested": func() { _ = All(2, func(int) error { return Each(2, func(int) error { lost(); return nil }) }) },
	} {
		t.Run(name, func(t *testing.T) {
			defer func() {
				p, ok := recover().(*Panic)
				require.True(t, ok)
				require.Equal(t, "lost", p.Value)
				require.Equal(t, "lost", fmt.Sprint(p))
				require.Contains(t, string(p.Stack), "parallel.lost")
			}()
			f()
		})
	}
}
