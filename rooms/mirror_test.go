package rooms

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"reflect"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"sangdam/rooms/schedule"
)

func inBubble(t *testing.T, fn func(t *testing.T, m *mirror)) {
	synctest.Test(t, func(t *testing.T) {
		m := newMirror(nil, realClock{}, slog.New(slog.DiscardHandler), NewMetrics(nil))
		defer m.close(t.Context())
		fn(t, m)
	})
}

// journal is what jobs did.
type journal struct {
	mu   sync.Mutex
	did  []string
	away bool
}

func (j *journal) job(name string) mirrorJob {
	return func(context.Context) error {
		j.mu.Lock()
		defer j.mu.Unlock()
		if j.away {
			return errors.New("away")
		}
		j.did = append(j.did, name)
		return nil
	}
}

func (j *journal) setAway(away bool) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.away = away
}

func (j *journal) done() []string {
	j.mu.Lock()
	defer j.mu.Unlock()
	return append([]string(nil), j.did...)
}

func TestMirror_TheNewestOfAKeyWinsAndEachIsWrittenOnce(t *testing.T) {
	inBubble(t, func(t *testing.T, m *mirror) {
		j := &journal{away: true}
		m.put("a", j.job("a1"))
		m.put("b", j.job("b1"))
		synctest.Wait()
		m.put("a", j.job("a2"))
		m.put("c", j.job("c1"))
		j.setAway(false)
		time.Sleep(mirrorPauseMax)
		synctest.Wait()
		got := map[string]int{}
		for _, d := range j.done() {
			got[d]++
		}
		if want := map[string]int{"a2": 1, "b1": 1, "c1": 1}; !reflect.DeepEqual(got, want) {
			t.Fatalf("written %v, want %v", got, want)
		}
	})
}

func TestMirror_KeepsOrderWhileTheStoreIsWell(t *testing.T) {
	inBubble(t, func(t *testing.T, m *mirror) {
		j := &journal{}
		var want []string
		for i := range 50 {
			name := fmt.Sprint(i)
			want = append(want, name)
			m.put(name, j.job(name))
		}
		synctest.Wait()
		if got := j.done(); !reflect.DeepEqual(got, want) {
			t.Fatalf("written %v", got)
		}
	})
}

func TestMirror_DropsTheOldestWhenFull(t *testing.T) {
	inBubble(t, func(t *testing.T, m *mirror) {
		j := &journal{away: true}
		m.put("first", j.job("first"))
		synctest.Wait() // it failed and waits
		for i := range mirrorQueue {
			m.put(fmt.Sprint(i), j.job(fmt.Sprint(i)))
		}
		j.setAway(false)
		time.Sleep(mirrorPauseMax)
		synctest.Wait()
		got := j.done()
		if len(got) != mirrorQueue || got[0] != "0" {
			t.Fatalf("%d written, first %q; want %d without the oldest", len(got), got[0], mirrorQueue)
		}
	})
}

func TestMirror_CloseWritesWhatWaits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := newMirror(nil, realClock{}, slog.New(slog.DiscardHandler), NewMetrics(nil))
		j := &journal{away: true}
		m.put("a", j.job("a"))
		synctest.Wait()
		m.put("b", j.job("b"))
		j.setAway(false)
		m.close(t.Context())
		if got := j.done(); len(got) != 2 {
			t.Fatalf("written %v", got)
		}
	})
}

func TestMergeChat_OrdersAndDropsRepetitions(t *testing.T) {
	m := func(id string, second int) Chat {
		return Chat{ChatMessage: schedule.ChatMessage{ID: id, At: time.Unix(int64(second), 0)}}
	}
	got := mergeChat([]Chat{m("2", 2), m("4", 4)}, []Chat{m("3", 3), m("1", 1), m("2", 2), m("2", 2)})
	if want := []Chat{m("1", 1), m("2", 2), m("3", 3), m("4", 4)}; !reflect.DeepEqual(got, want) {
		t.Fatalf("got %v", got)
	}
}
