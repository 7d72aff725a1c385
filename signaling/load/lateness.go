package load

import (
	"context"
	"time"
)

// lateness measures how late this process wakes when it wanted to: what the
// loading side adds to every delay that it measures.
type lateness struct {
	cancel context.CancelFunc
	done   chan struct{}
	seen   Histogram // owned by run until done is closed
}

const latenessEvery = 5 * time.Millisecond

func startLateness(ctx context.Context) *lateness {
	l := &lateness{done: make(chan struct{})}
	ctx, l.cancel = context.WithCancel(ctx)
	go l.run(ctx) // ends with stop
	return l
}

func (l *lateness) run(ctx context.Context) {
	defer close(l.done)
	for {
		due := time.Now().Add(latenessEvery)
		if sleep(ctx, latenessEvery) != nil {
			return
		}
		l.seen.Add(time.Since(due))
	}
}

// stop ends the measurement and tells it.
func (l *lateness) stop() Histogram {
	l.cancel()
	<-l.done
	return l.seen
}
