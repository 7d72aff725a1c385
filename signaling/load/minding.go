package load

import (
	"context"
	"slices"
	"time"

	"sangdam/signaling/protocol"
)

// mind does what a page does by itself: it tells its vitals, and comes back when
// its socket is lost.
func (p *person) mind(ctx context.Context) {
	tick := time.NewTicker(tellEvery)
	defer tick.Stop()
	for {
		s := p.socket()
		var lost <-chan struct{}
		if s != nil {
			lost = s.done
		}
		select {
		case <-ctx.Done():
			return
		case <-p.anew:
		case <-tick.C:
			if s != nil {
				p.tell(ctx, s)
			}
		case <-lost:
			p.mend(ctx, s)
		}
	}
}

// tell is what pages send every few seconds. What is wrong shows elsewhere.
func (p *person) tell(ctx context.Context, s *socket) {
	ctx, cancel := context.WithTimeout(ctx, tellEvery)
	defer cancel()
	_ = s.ask(ctx, protocol.TypePing, protocol.Ping{At: float64(time.Now().UnixMicro()) / 1000}, nil)
	p.tile(ctx, s)
	_ = s.ask(ctx, protocol.TypeVitals, protocol.TellVitals{Microphone: "ok", Camera: "ok", Limited: "none", Unheard: []string{}}, nil)
}

// tile says how large the slots are shown, when they are others than before: two
// who meet see each other large, several share the page, and a screen has the
// stage.
func (p *person) tile(ctx context.Context, s *socket) {
	p.mu.Lock()
	same := slices.EqualFunc(p.slots, p.shown, func(a, b protocol.Slot) bool { return a.Slot == b.Slot && a.Kind == b.Kind })
	p.shown = p.slots
	told := protocol.Tiles{Sizes: []protocol.TileSize{}}
	for _, slot := range p.slots {
		height := 720
		if slot.Kind == "person" && len(p.slots) > 1 {
			height = 360
		}
		told.Sizes = append(told.Sizes, protocol.TileSize{Slot: slot.Slot, Height: height})
	}
	p.mu.Unlock()
	if !same && len(told.Sizes) > 0 {
		_ = s.ask(ctx, protocol.TypeTiles, told, nil) // without it the server shows what it thinks fit
	}
}

// mend resumes after the socket s was lost, or begins anew when the session is
// over (R11, R17).
func (p *person) mend(ctx context.Context, s *socket) {
	p.acting.Lock()
	defer p.acting.Unlock()
	action := actionOf(s.why())
	for pause := resumeFirst; p.socket() == s && ctx.Err() == nil; pause = min(2*pause, resumeMost) {
		switch action {
		case protocol.ActionStop:
			p.tally.fail("ended", s.why())
			p.drop()
			return
		case protocol.ActionRejoin:
			p.tally.mend("rejoined")
			if !p.wants || p.arrive(ctx, p.token) != nil {
				p.drop()
			}
			return
		}
		within, cancel := context.WithTimeout(ctx, patience)
		err := p.resume(within)
		cancel()
		if err == nil {
			p.tally.mend("resumed")
			return
		}
		if now := p.socket(); now != s { // the new one was refused
			s = now
		}
		if action = actionOf(err); action == protocol.ActionNone || action == protocol.ActionResume {
			_ = sleep(ctx, pause)
		}
	}
}
