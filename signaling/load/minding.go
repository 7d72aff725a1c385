package load

import (
	"context"
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
	_ = s.ask(ctx, protocol.TypeVitals, protocol.TellVitals{Microphone: "ok", Camera: "ok", Limited: "none", Unheard: []string{}}, nil)
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
