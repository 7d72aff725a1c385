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

// Mirrored returns when all that waits now was written or failed; with beat all
// presences then are, too, as the mirror does every HeartbeatEvery of the real
// time.
func (g *Registry) Mirrored(ctx context.Context, beat bool) error {
	done := make(chan struct{})
	g.mirror.put("mirrored", func(ctx context.Context) error {
		if beat {
			g.mirror.beat(ctx)
		}
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
