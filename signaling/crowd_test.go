package signaling_test

import (
	"encoding/json"
	"io"
	"slices"
	"testing"
	"time"

	"sangdam/rooms/store/storetest"
	"sangdam/signaling/signaltest"
	"sangdam/signaling/signaltest/crowd"
)

// A crowd is what browser tests fill a fair with; it must behave as the clients
// do that it is made of.
func TestCrowd_FillsARoomAndDoesWhatItIsTold(t *testing.T) {
	h := newHouse(t, storetest.Mini(t))
	orders, tell := io.Pipe()
	hear, answers := io.Pipe()
	ended := make(chan error, 1)
	go func() {
		ended <- crowd.Run(h.ctx, orders, answers, crowd.Options{VideoPeriod: 50 * time.Millisecond})
		_ = answers.Close()
	}()
	told := json.NewDecoder(hear)
	give := func(os ...crowd.Order) {
		t.Helper()
		for i, o := range os {
			o.Ref = i + 1
			h.must(json.NewEncoder(tell).Encode(o))
		}
		for range os {
			var a crowd.Answer
			h.must(told.Decode(&a))
			if a.Error != "" {
				t.Fatalf("%s: %s", a.Who, a.Error)
			}
		}
	}
	link := func(name string) string {
		o := h.options(name)
		return o.URL + "/j/" + o.Link + "#" + o.Secret
	}
	give(
		crowd.Order{Who: "firm", Do: crowd.DoEnter, URL: link("B1"), Consultation: talks, Number: 11},
		crowd.Order{Who: "buyer", Do: crowd.DoEnter, URL: link("U1"), Consultation: talks, Number: 12},
	)
	third := h.enter("I1", talks)
	slots := func() (n int) {
		for _, s := range third.State().Slots {
			if s.Kind == "person" && third.Media().Video(s.Slot).Received().Keyframes > 0 && third.Media().Audio(s.Slot).Received().Packets > 0 {
				n++
			}
		}
		return n
	}
	h.eventually("pictures and sound of both", func() bool { return slots() == 2 })
	on := func(name, source string) func(signaltest.State) bool {
		return func(s signaltest.State) bool {
			for _, p := range s.Participants {
				if p.Role == name && slices.Contains(p.Sources, source) {
					return true
				}
			}
			return false
		}
	}
	h.must(third.Wait(h.ctx, "both cameras", func(s signaltest.State) bool { return on("firm", camera)(s) && on("buyer", camera)(s) }))
	give(crowd.Order{Who: "buyer", Do: crowd.DoOff, Source: mic}, crowd.Order{Who: "firm", Do: crowd.DoLevel, Level: 40})
	h.must(third.Wait(h.ctx, "the buyer is mute", func(s signaltest.State) bool { return !on("buyer", mic)(s) && on("firm", mic)(s) }))
	give(crowd.Order{Who: "firm", Do: crowd.DoLeave})
	h.must(third.Wait(h.ctx, "the firm has gone", func(s signaltest.State) bool { return len(s.Participants) == 2 }))
	give(crowd.Order{Who: "firm", Do: crowd.DoJoin}, crowd.Order{Who: "buyer", Do: crowd.DoSay, Text: "hello"})
	h.must(third.Wait(h.ctx, "the firm is back, and a word", func(s signaltest.State) bool {
		return len(s.Participants) == 3 && len(s.Chat) == 1
	}))
	h.must(tell.Close())
	h.must(<-ended)
	h.must(third.Wait(h.ctx, "everybody has gone", func(s signaltest.State) bool { return len(s.Participants) == 1 }))
}
