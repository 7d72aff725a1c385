package signaling

import (
	"encoding/json"
	"testing"

	"sangdam/rooms/sfu"
	"sangdam/signaling/protocol"
)

func (c *tab) wait(id string) protocol.Waiting {
	c.t.Helper()
	var w protocol.Waiting
	c.ask("wait", protocol.Wait{Consultation: id}, "waiting", &w)
	c.seq = w.Seq
	return w
}

func (c *tab) board() protocol.Board {
	c.t.Helper()
	var b protocol.Board
	c.ask("watch", nil, "board", &b)
	c.seq = b.Seq
	return b
}

func isNote(text string) func(protocol.Change) bool {
	return func(ch protocol.Change) bool { return ch.Note != nil && ch.Note.Text == text }
}

// R26
func TestWait_ShowsWhoIsThereWithoutGoingIn(t *testing.T) {
	r := newRig(t)
	buyer, console := r.visit("buyer"), r.visit("console")
	console.board()
	// Long before the doors of S03, too.
	for _, id := range []string{"S03", "S01"} {
		if w := buyer.wait(id); w.Consultation.Seat != id+"/buyer" || w.Seq == 0 || len(w.Seats) < 2 {
			t.Fatalf("%s: %+v", id, w)
		}
	}
	console.change("the buyer in the lobby", func(ch protocol.Change) bool {
		if ch.Row == nil || ch.Row.Consultation.ID != "S01" {
			return false
		}
		for _, s := range ch.Row.Seats {
			if s.Seat == "S01/buyer" && s.State == "lobby" {
				return true
			}
		}
		return false
	})
	booth := r.visit("booth")
	booth.join("S01")
	buyer.change("the firm in its room", func(ch protocol.Change) bool {
		if ch.Waiting == nil || ch.Waiting.Seq != 0 {
			return false
		}
		for _, s := range ch.Waiting.Seats {
			if s.Role == "firm" && s.State == "here" {
				return true
			}
		}
		return false
	})
	if j := buyer.join("S01"); len(j.Snapshot.Participants) != 2 {
		t.Errorf("in the room: %+v", j.Snapshot.Participants)
	}
	buyer.refused("wait", protocol.Wait{Consultation: "S02"}, protocol.CodeForbidden)
	buyer.refused("wait", protocol.Wait{Consultation: "S99"}, protocol.CodeNotFound)
	console.refused("wait", protocol.Wait{Consultation: "S01"}, protocol.CodeForbidden)
}

// R19, R26
func TestWait_IsTakenUpAgainAfterALostSocket(t *testing.T) {
	r := newRig(t)
	buyer := r.visit("buyer")
	w := buyer.wait("S01")
	console := r.visit("console")
	buyer.lose()
	console.ask("note", protocol.SendNote{To: "S01/buyer", Key: "a", Text: "one moment"}, "ok", nil)
	again := r.dial()
	var got protocol.Resumed
	again.ask("resume", protocol.Resume{Session: buyer.session, Secret: buyer.secret, Seq: w.Seq}, "resume", &got)
	again.seq = got.Seq
	if got.Seq != w.Seq || got.Waiting != nil {
		t.Fatalf("%+v after %d", got, w.Seq)
	}
	again.change("the note that came meanwhile", isNote("one moment"))
	again.lose()

	third := r.dial()
	third.ask("resume", protocol.Resume{Session: buyer.session, Secret: got.Secret, Seq: 0}, "resume", &got)
	third.seq = got.Seq
	if got.Waiting == nil || got.Waiting.Consultation.ID != "S01" || got.Waiting.Seq != got.Seq || len(got.Waiting.Notes) != 1 {
		t.Fatalf("the whole lobby: %+v", got.Waiting)
	}
}

// R27
func TestNote_GoesBetweenASeatAndTheConsoles(t *testing.T) {
	r := newRig(t)
	buyer, console := r.visit("buyer"), r.visit("console")
	console.board()
	buyer.wait("S01")
	buyer.ask("note", protocol.SendNote{Key: "k", Text: "my headset \u202eis gone"}, "ok", nil)
	buyer.ask("note", protocol.SendNote{Key: "k", Text: "my headset is gone"}, "ok", nil)
	got := console.change("the buyer's note", isNote("my headset is gone")).Note
	if got.From.Role != "buyer" || got.From.Name != "Tekstil" || got.From.ReplyTo != "S01/buyer" || got.To != "" || got.Kind != "text" {
		t.Fatalf("%+v", got)
	}
	console.ask("note", protocol.SendNote{To: got.From.ReplyTo, Key: "a", Text: "take your time"}, "ok", nil)
	back := buyer.change("the answer", isNote("take your time")).Note
	if back.From.Role != "coordinator" || back.From.ReplyTo != "" || back.To != "S01/buyer" {
		t.Errorf("%+v", back)
	}
	if again := buyer.wait("S01"); len(again.Notes) != 2 || again.Notes[1].Text != "take your time" {
		t.Errorf("told again: %+v", again.Notes)
	}
	buyer.join("S01")
	console.ask("note", protocol.SendNote{To: "*", Key: "b", Text: "lunch"}, "ok", nil)
	buyer.change("a note in the room", isNote("lunch"))
	if b := console.board(); len(b.Notes) != 3 {
		t.Errorf("%d notes on the board, want three: a repetition is none", len(b.Notes))
	}

	buyer.refused("note", protocol.SendNote{To: "S01/firm", Key: "c", Text: "hello"}, protocol.CodeForbidden)
	buyer.refused("note", protocol.SendNote{Key: "c", Text: " \u200e "}, protocol.CodeBadMessage)
	buyer.refused("call", nil, protocol.CodeForbidden)
	buyer.refused("seen", protocol.Seen{Note: got.ID}, protocol.CodeForbidden)
	console.refused("note", protocol.SendNote{Key: "c", Text: "to nobody"}, protocol.CodeBadMessage)
	console.refused("note", protocol.SendNote{To: "S99", Key: "c", Text: "to nobody"}, protocol.CodeNotFound)
}

// R27, R28
func TestBooth_CallsAndTellsOfItself(t *testing.T) {
	r := newRig(t)
	booth, console := r.visit("booth"), r.visit("console")
	if b := console.board(); len(b.Booths) != 1 || b.Booths[0].Connected || b.Booths[0].ReplyTo != "S01/firm" {
		t.Fatalf("%+v", b.Booths)
	}
	h := protocol.Health{Microphone: "silent", Camera: "ok", Level: 0.25, RTTMS: 12.5, Loss: 0.5}
	booth.ask("health", h, "ok", nil)
	got := console.change("the booth", func(ch protocol.Change) bool { return ch.Booth != nil }).Booth
	if !got.Connected || got.Health == nil || *got.Health != h || got.Name != "Booth 1" {
		t.Errorf("%+v", got)
	}
	booth.ask("call", nil, "ok", nil)
	call := console.change("the call", func(ch protocol.Change) bool { return ch.Note != nil && ch.Note.Kind == "call" }).Note
	if call.From.ReplyTo != "S01/firm" || call.SeenAt != nil {
		t.Errorf("%+v", call)
	}
	console.ask("seen", protocol.Seen{Note: call.ID}, "ok", nil)
	console.change("the call that was seen", func(ch protocol.Change) bool {
		return ch.Note != nil && ch.Note.ID == call.ID && ch.Note.SeenAt != nil && ch.Note.SeenBy == "Yangju"
	})
	console.refused("health", h, protocol.CodeForbidden)
	r.visit("buyer").refused("health", h, protocol.CodeForbidden)
}

// R29
func TestPractice_NeedsNoConsultationAndEndsWithLeave(t *testing.T) {
	var bound []sfu.Binding
	r := newRig(t)
	r.engine.onBind = func(_ sfu.PeerID, b ...sfu.Binding) { bound = append(bound, b...) }
	buyer := r.visit("buyer2") // of tomorrow
	var p protocol.Practising
	buyer.ask("practice", nil, "practice", &p)
	if len(p.Slots) != 1 || p.Slots[0].Participant != buyer.session || p.Slots[0].Kind != "person" || p.Seq == 0 {
		t.Fatalf("%+v", p)
	}
	buyer.ask("leave", nil, "ok", nil)
	r.engine.mu.Lock()
	if len(bound) != 2 || bound[0].Video.Peer != buyer.peer || bound[1] != (sfu.Binding{Slot: 0}) {
		t.Errorf("bound %+v", bound)
	}
	r.engine.mu.Unlock()
	for _, e := range r.entries() {
		if e.Seat != "" {
			t.Errorf("practice is in the record: %+v", e)
		}
	}
	r.visit("console").refused("practice", nil, protocol.CodeForbidden)
}

// R19: who does not know that it practises does not.
func TestPractice_IsOverForAClientThatMissedItsReply(t *testing.T) {
	r := newRig(t)
	buyer := r.visit("buyer")
	buyer.ask("practice", nil, "practice", nil)
	buyer.lose()
	again := r.dial()
	var got protocol.Resumed
	again.ask("resume", protocol.Resume{Session: buyer.session, Secret: buyer.secret}, "resume", &got)
	if got.State != nil || got.Waiting != nil {
		raw, _ := json.Marshal(got)
		t.Errorf("%s", raw)
	}
	again.seq = got.Seq
	again.wait("S01")
}
