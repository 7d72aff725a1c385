package signaling

import (
	"strings"
	"testing"
	"time"

	"sangdam/rooms/schedule"
	"sangdam/rooms/sfu"
	"sangdam/signaling/protocol"
)

func TestSession_R13_HelloJoinAndEverybodyHearsOfEachOther(t *testing.T) {
	r := newRig(t)
	firm := r.visit("booth")
	joined := firm.join("S01", "microphone")
	if joined.Snapshot.Consultation.Seat != "S01/firm" || joined.Snapshot.Clock.Phase == "" {
		t.Errorf("snapshot %+v", joined.Snapshot)
	}
	buyer := r.visit("buyer")
	j := buyer.join("S01", "microphone", "camera")
	if len(j.Snapshot.Participants) != 2 || len(j.Slots) != 1 {
		t.Errorf("the second one sees %d people in %d slots", len(j.Snapshot.Participants), len(j.Slots))
	}
	firm.participant("the buyer", func(p protocol.Participant) bool { return p.ID == buyer.session && len(p.Sources) == 2 })

	buyer.ask("source", protocol.SetSource{Source: "camera"}, "ok", nil)
	firm.participant("camera off", func(p protocol.Participant) bool { return p.ID == buyer.session && len(p.Sources) == 1 })

	buyer.ask("chat", protocol.Say{Key: "1", Text: "Merhaba \u202edlrow"}, "ok", nil)
	for _, c := range []*tab{firm, buyer} {
		m := c.change("the message", func(ch protocol.Change) bool { return ch.Chat != nil }).Chat
		if m.Text != "Merhaba dlrow" || m.Name != "Tekstil" {
			t.Errorf("chat %+v", m)
		}
	}
	buyer.ask("leave", nil, "ok", nil)
	left := firm.change("the buyer's leave", func(ch protocol.Change) bool { return ch.Left != nil }).Left
	if left.ID != buyer.session || left.Reason != "left" {
		t.Errorf("left %+v", left)
	}
	// The chat waits for whoever comes late, and the same session may come again.
	if again := buyer.join("S01"); len(again.Snapshot.Chat) != 1 {
		t.Errorf("chat after coming back: %+v", again.Snapshot.Chat)
	}
}

func TestSession_R19_ResumeReplaysWhatWasMissed(t *testing.T) {
	r := newRig(t)
	firm, buyer := r.visit("booth"), r.visit("buyer")
	firm.join("S01")
	buyer.join("S01")
	firm.participant("the buyer", func(p protocol.Participant) bool { return p.ID == buyer.session })
	seq := firm.seq
	firm.lose()
	for _, on := range []bool{true, false, true} {
		buyer.ask("source", protocol.SetSource{Source: "camera", On: on}, "ok", nil)
	}
	next := r.dial()
	next.seq = seq
	var res protocol.Resumed
	next.ask("resume", protocol.Resume{Session: firm.session, Secret: firm.secret, Seq: seq}, "resume", &res)
	if res.Seq != seq || res.State != nil || res.Secret == firm.secret {
		t.Errorf("resumed %+v, want seq %d, no state, a new secret", res, seq)
	}
	for i, want := range []int{1, 0, 1} {
		next.participant("the missed change", func(p protocol.Participant) bool {
			if len(p.Sources) != want {
				t.Errorf("change %d: %v", i, p.Sources)
			}
			return true
		})
	}
}

func TestSession_R19_AnOldNumberGetsTheFullState(t *testing.T) {
	r := newRig(t)
	firm := r.visit("booth")
	joined := firm.join("S01")
	firm.lose()
	next := r.dial()
	var res protocol.Resumed
	// As if the reply to join had been lost with the socket.
	next.ask("resume", protocol.Resume{Session: firm.session, Secret: firm.secret}, "resume", &res)
	if res.State == nil || res.Seq != res.State.Seq || res.Seq <= joined.Seq {
		t.Fatalf("resumed %+v, want the state with a number of its own", res)
	}
	next.seq = res.Seq
	next.ask("leave", nil, "ok", nil)
	next.lose()
	last := r.dial()
	var lobby protocol.Resumed
	last.ask("resume", protocol.Resume{Session: firm.session, Secret: res.Secret, Seq: next.seq}, "resume", &lobby)
	if lobby.State != nil || lobby.Board != nil || lobby.Seq == next.seq {
		t.Errorf("resumed %+v, want another number and no state: the lobby", lobby)
	}
}

func TestSession_R17_TheFormerSecretIsGoodUntilTheNewOneWasUsed(t *testing.T) {
	r := newRig(t)
	c := r.visit("buyer")
	resume := func(secret string) (*tab, protocol.Resumed) {
		n := r.dial()
		var res protocol.Resumed
		n.ask("resume", protocol.Resume{Session: c.session, Secret: secret}, "resume", &res)
		return n, res
	}
	_, _ = resume(c.secret) // the reply is lost
	n, res := resume(c.secret)
	n.ask("ping", protocol.Ping{At: 1}, "pong", nil)
	x := r.dial()
	e := x.refused("resume", protocol.Resume{Session: c.session, Secret: c.secret}, protocol.CodeSessionUnknown)
	if e.Action != protocol.ActionRejoin {
		t.Errorf("action %q", e.Action)
	}
	x.refused("resume", protocol.Resume{Session: "nobody", Secret: c.secret}, protocol.CodeSessionUnknown)
	if _, again := resume(res.Secret); again.Secret == res.Secret {
		t.Error("the secret stayed the same")
	}
}

func TestSession_R17_NobodyElseUsesUpItsResumes(t *testing.T) {
	r := newRig(t)
	c := r.visit("buyer")
	for range 3 { // more than the allowance of twenty
		stranger := r.dial()
		for range maxTries - 1 {
			stranger.refused("resume", protocol.Resume{Session: c.session, Secret: "guessed"}, protocol.CodeSessionUnknown)
		}
	}
	r.dial().ask("resume", protocol.Resume{Session: c.session, Secret: c.secret}, "resume", nil)
}

func TestSession_R17_TheNewestSocketTakesOver(t *testing.T) {
	r := newRig(t)
	c := r.visit("buyer")
	n := r.dial()
	n.ask("resume", protocol.Resume{Session: c.session, Secret: c.secret}, "resume", nil)
	c.closed(protocol.CodeReplaced)
	n.ask("ping", protocol.Ping{}, "pong", nil)
}

func TestSession_R14_TheSameTabTakesItsSeatOverWithoutAGap(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	firm, buyer := r.visit("booth"), r.visit("buyer")
	firm.join("S01")
	buyer.join("S01")
	again := r.hello(buyer.token, false)
	buyer.closed(protocol.CodeReplaced)
	again.join("S01") // no question whether to move
	left := firm.change("the former session's end", func(ch protocol.Change) bool { return ch.Left != nil }).Left
	if left.ID != buyer.session || left.Reason != "renewed" {
		t.Errorf("left %+v", left)
	}
	eventually(t, "the former peer is closed", func() bool { return r.engine.count() == 2 })
}

func TestSession_R22_ASeatMovesAfterAYes(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	phone, laptop := r.visit("buyer"), r.visit("buyer")
	phone.join("S01")
	laptop.refused("join", protocol.Join{Consultation: "S01"}, protocol.CodeSeatInUse)
	laptop.ask("join", protocol.Join{Consultation: "S01", Move: true}, "joined", nil)
	left := phone.change("to be told", func(ch protocol.Change) bool { return ch.Left != nil && ch.Left.ID == phone.session }).Left
	if left.Reason != "moved" {
		t.Errorf("left %+v", left)
	}
	phone.closed(protocol.CodeMoved)
}

func TestSession_R22_TooEarlyTellsWhenTheDoorsOpen(t *testing.T) {
	r := newRig(t)
	c := r.visit("booth")
	e := c.refused("join", protocol.Join{Consultation: "S02"}, protocol.CodeTooEarly)
	if want := r.event.Consultations[1].Start.Add(-15 * time.Minute); e.OpensAt == nil || !e.OpensAt.Equal(want) {
		t.Errorf("opens at %v, want %v", e.OpensAt, want)
	}
	if e.Action != protocol.ActionNone {
		t.Errorf("action %q: nothing ended", e.Action)
	}
}

func TestSession_R25_ALinkJoinsItsOwnSeatsAlone(t *testing.T) {
	r := newRig(t)
	c := r.visit("buyer")
	c.refused("join", protocol.Join{Consultation: "S02"}, protocol.CodeForbidden)
	c.refused("join", protocol.Join{Consultation: "S99"}, protocol.CodeNotFound)
	c.refused("watch", nil, protocol.CodeForbidden)
	c.refused("chat", protocol.Say{Key: "1", Text: "nobody hears"}, protocol.CodeNotFound)
	console := r.visit("console")
	console.refused("join", protocol.Join{Consultation: "S01"}, protocol.CodeForbidden)
	console.refused("restart", protocol.Restart{Offer: "v=0"}, protocol.CodeBadOffer)
}

func TestSession_R15_ALostSocketIsShownToNobodyWhileMediaFlows(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	firm, buyer := r.visit("booth"), r.visit("buyer")
	firm.join("S01")
	buyer.join("S01")
	buyer.lose()
	// Longer than rooms wait before they show anybody as away.
	time.Sleep(3500 * time.Millisecond)
	firm.ask("chat", protocol.Say{Key: "1", Text: "mark"}, "ok", nil)
	firm.change("the mark", func(ch protocol.Change) bool {
		if ch.Participant != nil && ch.Participant.Away {
			t.Error("shown as away")
		}
		return ch.Chat != nil
	})
	r.engine.say(buyer.peer, sfu.StateDisconnected)
	firm.participant("away", func(p protocol.Participant) bool { return p.ID == buyer.session && p.Away })
	r.engine.say(buyer.peer, sfu.StateConnected)
	firm.participant("back", func(p protocol.Participant) bool { return p.ID == buyer.session && !p.Away })
}

func TestSession_R16_RestartAndRebuild(t *testing.T) {
	r := newRig(t)
	firm, buyer := r.visit("booth"), r.visit("buyer")
	firm.join("S01")
	buyer.join("S01", "microphone")
	var res protocol.Restarted
	buyer.ask("restart", protocol.Restart{Offer: "ice"}, "restart", &res)
	if res.Answer != "restart of ice" {
		t.Errorf("answer %q", res.Answer)
	}
	buyer.ask("restart", protocol.Restart{Offer: "new", Rebuild: true}, "restart", &res)
	if res.Answer != "answer to new" {
		t.Errorf("answer %q", res.Answer)
	}
	eventually(t, "the former peer is closed", func() bool { return r.engine.count() == 2 })
	// The former peer's last words are not the new one's.
	r.engine.say(buyer.peer, sfu.StateClosed)
	buyer.ask("source", protocol.SetSource{Source: "microphone"}, "ok", nil)
	firm.participant("still here", func(p protocol.Participant) bool {
		return p.ID == buyer.session && !p.Away && len(p.Sources) == 0
	})
	buyer.refused("restart", protocol.Restart{Offer: "bad", Rebuild: true}, protocol.CodeBadOffer)
}

func TestSession_R5_AClosedPageLeavesAtOnce(t *testing.T) {
	r := newRig(t)
	firm, buyer := r.visit("booth"), r.visit("buyer")
	firm.join("S01")
	buyer.join("S01")
	if got := r.post("/api/v1/bye", protocol.Bye{Session: buyer.session, Secret: "wrong"}, nil); got != 204 {
		t.Errorf("status %d for a wrong secret", got)
	}
	firm.ask("chat", protocol.Say{Key: "1", Text: "mark"}, "ok", nil)
	firm.change("the mark", func(ch protocol.Change) bool {
		if ch.Left != nil {
			t.Error("a wrong secret ended the session")
		}
		return ch.Chat != nil
	})
	if got := r.post("/api/v1/bye", protocol.Bye{Session: buyer.session, Secret: buyer.secret}, nil); got != 204 {
		t.Errorf("status %d", got)
	}
	left := firm.change("the buyer's end", func(ch protocol.Change) bool { return ch.Left != nil }).Left
	if left.ID != buyer.session || left.Reason != "left" {
		t.Errorf("left %+v", left)
	}
}

func TestSession_R9_ByeLeavesAndClosesNormally(t *testing.T) {
	r := newRig(t)
	firm, buyer := r.visit("booth"), r.visit("buyer")
	firm.join("S01")
	buyer.join("S01")
	buyer.write(`{"type":"bye"}`)
	firm.change("the buyer's end", func(ch protocol.Change) bool { return ch.Left != nil && ch.Left.Reason == "left" })
	eventually(t, "the session is over", func() bool { return r.server.session(buyer.session) == nil })
}

func TestSession_APanicEndsThatSessionAlone(t *testing.T) {
	r := newRig(t)
	firm, buyer := r.visit("booth"), r.visit("buyer")
	firm.join("S01")
	buyer.join("S01")
	r.engine.mu.Lock()
	r.engine.restart = func() { panic("boom") }
	r.engine.mu.Unlock()
	buyer.send("restart", protocol.Restart{Offer: "ice"})
	buyer.closed(protocol.CodeInternal)
	r.engine.mu.Lock()
	r.engine.restart = nil
	r.engine.mu.Unlock()
	firm.ask("chat", protocol.Say{Key: "1", Text: "still here"}, "ok", nil)
	again := r.hello(buyer.token, false)
	again.join("S01")
	if !strings.Contains(r.log.String(), "boom") {
		t.Error("nothing was logged")
	}
}

func TestSession_LogsHoldNoSecrets(t *testing.T) {
	r := newRig(t)
	firm := r.visit("booth")
	firm.join("S01")
	firm.ask("leave", nil, "ok", nil)
	for _, secret := range []string{firm.token, firm.secret, r.links["booth"].Secret, "v=0", "127.0.0.1"} {
		if strings.Contains(r.log.String(), secret) {
			t.Errorf("the log holds %q", secret)
		}
	}
	if !strings.Contains(r.log.String(), "in the room") {
		t.Error("the join was not logged")
	}
}

func TestConsole_R25_TheBoardIsPushed(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	console := r.visit("console")
	var b protocol.Board
	console.ask("watch", nil, "board", &b)
	console.seq = b.Seq
	if len(b.Rows) != 3 {
		t.Fatalf("%d rows", len(b.Rows))
	}
	firm := r.visit("booth")
	firm.join("S01")
	row := console.change("the firm on the board", func(ch protocol.Change) bool {
		return ch.Row != nil && ch.Row.Seats[0].State == "here"
	}).Row
	if row.Consultation.ID != "S01" || row.Consultation.Buyer.Name != "Tekstil" {
		t.Errorf("row %+v", row)
	}
	console.lose()
	again := r.dial()
	var res protocol.Resumed
	again.ask("resume", protocol.Resume{Session: console.session, Secret: console.secret}, "resume", &res)
	if res.Board == nil || len(res.Board.Rows) != 3 {
		t.Errorf("resumed %+v", res)
	}
}

func TestSession_WhatFlowsAlreadyIsToldToTheNextRoom(t *testing.T) {
	r := newRig(t)
	buyer := r.visit("buyer")
	r.engine.mu.Lock()
	o := r.engine.peers[buyer.peer]
	r.engine.mu.Unlock()
	o.SourceFlow(buyer.peer, sfu.Microphone, true) // told once, in the lobby
	buyer.join("S01", "microphone")
	eventually(t, "the ledger holds the flow", func() bool {
		if err := r.store.Flush(t.Context()); err != nil {
			t.Fatal(err)
		}
		found := false
		err := r.store.Entries(t.Context(), "fair", func(e schedule.Entry) error {
			found = found || e.Kind == schedule.EntrySourceFlowing && e.Session == buyer.session && e.Detail == "microphone"
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		return found
	})
}

func TestSession_R15_MediaThatIsGoneIsShownThoughTheSocketLives(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	firm, buyer := r.visit("booth"), r.visit("buyer")
	firm.join("S01")
	buyer.join("S01")
	r.engine.say(buyer.peer, sfu.StateDisconnected)
	firm.participant("away", func(p protocol.Participant) bool { return p.ID == buyer.session && p.Away })
	r.engine.say(buyer.peer, sfu.StateConnected)
	firm.participant("back", func(p protocol.Participant) bool { return p.ID == buyer.session && !p.Away })
	for _, e := range r.entries() {
		if e.Kind == schedule.EntrySeatAway {
			t.Errorf("the record has a gap though the page talked: %+v", e)
		}
	}
}

func TestSession_R15_MediaThatDoesNotComeUpIsShown(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.server.times.connect = 50 * time.Millisecond
	firm := r.visit("booth")
	firm.join("S01")
	r.engine.mu.Lock()
	r.engine.unreachable = true
	r.engine.mu.Unlock()
	buyer := r.visit("buyer")
	buyer.join("S01", "microphone")
	away := func(p protocol.Participant) bool { return p.ID == buyer.session && p.Away }
	firm.participant("shown without media", away)
	var res protocol.Restarted
	buyer.ask("restart", protocol.Restart{Offer: "new", Rebuild: true}, "restart", &res)
	firm.participant("a new peer proves nothing", away)
	r.engine.say("peer-3", sfu.StateConnected)
	firm.participant("there it is", func(p protocol.Participant) bool { return p.ID == buyer.session && !p.Away })
}

func TestSession_R15_EndsWhenNothingWasHeardForTheGraceTime(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.event.Policy.Grace = 150 * time.Millisecond
	if err := r.store.SaveEvent(t.Context(), r.event); err != nil {
		t.Fatal(err)
	}
	c := r.visit("buyer")
	ses := r.server.session(c.session)
	// The registry may hold the timetable of before; the session's own counts.
	if err := ses.do(t.Context(), func() { ses.event = r.event }); err != nil {
		t.Fatal(err)
	}
	c.lose()
	time.Sleep(300 * time.Millisecond)
	if r.server.session(c.session) == nil {
		t.Fatal("ended while media flowed")
	}
	r.engine.say(c.peer, sfu.StateFailed)
	eventually(t, "the session ends", func() bool { return r.server.session(c.session) == nil })
	eventually(t, "its peer, too", func() bool { return r.engine.count() == 0 })
}

func TestSession_AwayBeginsWithTheLastThingHeard(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	firm, buyer := r.visit("booth"), r.visit("buyer")
	firm.join("S01")
	buyer.join("S01")
	buyer.lose() // noticed by nobody while media flows
	time.Sleep(700 * time.Millisecond)
	heard := time.Now()
	time.Sleep(700 * time.Millisecond)
	r.engine.mu.Lock()
	r.engine.heard = heard
	r.engine.mu.Unlock()
	r.engine.say(buyer.peer, sfu.StateDisconnected) // noticed later than it happened
	firm.participant("away", func(p protocol.Participant) bool { return p.ID == buyer.session && p.Away })
	var at time.Time
	for _, e := range r.entries() {
		if e.Kind == schedule.EntrySeatAway && e.Session == buyer.session {
			at = e.At
		}
	}
	if d := at.Sub(heard).Abs(); d > 50*time.Millisecond {
		t.Errorf("away since %v, last heard %v", at, heard)
	}
}
