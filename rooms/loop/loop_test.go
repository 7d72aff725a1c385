package loop_test

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"sangdam/rooms/loop"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestDo_RunsTasksOneAfterAnother(t *testing.T) {
	l := loop.New(loop.Options{})
	defer l.Close()
	n := 0 // no mutex: the race detector and the sum hold the rule
	done := make(chan struct{})
	for range 8 {
		go func() {
			defer func() { done <- struct{}{} }()
			for range 100 {
				if err := l.Do(t.Context(), func() { n++ }); err != nil {
					t.Error(err)
				}
			}
		}()
	}
	for range 8 {
		<-done
	}
	if err := l.Do(t.Context(), func() {
		if n != 800 {
			t.Errorf("n = %d, want 800", n)
		}
	}); err != nil {
		t.Fatal(err)
	}
}

func TestPost_KeepsOrderAndNeverWaits(t *testing.T) {
	l := loop.New(loop.Options{Queue: 4})
	defer l.Close()
	gate, started := make(chan struct{}), make(chan struct{})
	if err := l.Post(func() { close(started); <-gate }); err != nil {
		t.Fatal(err)
	}
	<-started
	var got []int
	for i := range 4 {
		if err := l.Post(func() { got = append(got, i) }); err != nil {
			t.Fatal(err)
		}
	}
	if err := l.Post(func() { got = append(got, 99) }); !errors.Is(err, loop.ErrFull) {
		t.Fatalf("Post into a full queue: %v, want ErrFull", err)
	}
	close(gate)
	if err := l.Do(t.Context(), func() {}); err != nil {
		t.Fatal(err)
	}
	if len(got) != 4 || got[0] != 0 || got[3] != 3 {
		t.Fatalf("ran %v, want 0 1 2 3", got)
	}
}

func TestPanic_IsReportedAndClosesTheLoop(t *testing.T) {
	var value any
	var closed atomic.Bool
	l := loop.New(loop.Options{
		OnPanic: func(v any, stack []byte) {
			value = v
			if len(stack) == 0 {
				t.Error("no stack")
			}
		},
		OnClose: func() { closed.Store(true) },
	})
	if err := l.Do(t.Context(), func() { panic("boom") }); !errors.Is(err, loop.ErrPanicked) {
		t.Fatalf("Do: %v, want ErrPanicked", err)
	}
	<-l.Done()
	if value != "boom" || !closed.Load() {
		t.Fatalf("OnPanic heard %v, OnClose ran: %v", value, closed.Load())
	}
	if !errors.Is(l.Err(), loop.ErrPanicked) {
		t.Fatalf("Err = %v", l.Err())
	}
	if err := l.Do(t.Context(), func() {}); !errors.Is(err, loop.ErrClosed) {
		t.Fatalf("Do after the end: %v, want ErrClosed", err)
	}
	if err := l.Post(func() {}); !errors.Is(err, loop.ErrClosed) {
		t.Fatalf("Post after the end: %v, want ErrClosed", err)
	}
}

func TestClose_DropsWhatWaitsAndFreesItsCallers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := loop.New(loop.Options{})
		ran := false
		if err := l.Post(func() { time.Sleep(time.Second) }); err != nil {
			t.Fatal(err)
		}
		result := make(chan error, 1)
		go func() { result <- l.Do(t.Context(), func() { ran = true }) }()
		synctest.Wait()
		l.Close()
		if err := <-result; !errors.Is(err, loop.ErrClosed) {
			t.Fatalf("Do: %v, want ErrClosed", err)
		}
		if ran {
			t.Fatal("a waiting task ran after Close")
		}
		if l.Context().Err() == nil {
			t.Fatal("the context is not cancelled")
		}
	})
}

func TestStop_MayBeCalledFromATask(t *testing.T) {
	l := loop.New(loop.Options{})
	if err := l.Do(t.Context(), l.Stop); err != nil {
		t.Fatalf("the task that stopped the loop: %v", err)
	}
	<-l.Done()
}

func TestDo_GivesUpWithItsContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := loop.New(loop.Options{})
		defer l.Close()
		if err := l.Post(func() { time.Sleep(time.Minute) }); err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if err := l.Do(ctx, func() {}); !errors.Is(err, context.DeadlineExceeded) {
			t.Fatalf("Do: %v, want the context's error", err)
		}
	})
}
