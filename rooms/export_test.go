package rooms

import "context"

// Settle returns when nothing is left to do at this instant of an injected
// clock: all rooms that are due are open, and all their tasks have run.
func (g *Registry) Settle(ctx context.Context) error {
	known := -1
	for {
		g.pass()
		g.mu.Lock()
		var all []*roomEntry
		for _, en := range g.rooms {
			all = append(all, en)
		}
		g.mu.Unlock()
		busy := false
		for _, en := range all {
			select {
			case <-en.opened:
			case <-ctx.Done():
				return ctx.Err()
			}
			if en.room == nil {
				continue
			}
			if en.room.loop.Do(ctx, func() {}) != nil {
				<-en.room.loop.Done()
				busy = true
			}
		}
		if !busy && known == len(all) {
			return ctx.Err()
		}
		known = len(all)
	}
}

// Beat writes all presences now, as the mirror does every HeartbeatEvery of the
// real time, after what waits before it.
func (g *Registry) Beat(ctx context.Context) error {
	done := make(chan struct{})
	g.mirror.put("beat", func(ctx context.Context) error {
		g.mirror.beat(ctx)
		close(done)
		return nil
	})
	select {
	case <-done:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
