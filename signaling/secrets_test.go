package signaling

import (
	"testing"
	"time"
)

func TestSecrets_AFormerOneIsGoodForWhatWasUnderWayAlone(t *testing.T) {
	var s secrets
	now := time.Now()
	former := s.rotate("")
	newest := s.rotate(former)
	if !s.match(former) {
		t.Error("before the newest has arrived the former one counts")
	}
	s.arrived(now)
	if s.match(former) || !s.matchLate(former, now.Add(lateFor/2)) {
		t.Error("it is good for a late restart and nothing else")
	}
	if s.matchLate(former, now.Add(lateFor)) {
		t.Error("it is good for ever")
	}
	if !s.match(newest) || !s.matchLate(newest, now.Add(24*time.Hour)) {
		t.Error("the newest is good")
	}
}
