package netlab

import (
	"reflect"
	"testing"
	"time"

	"sangdam/signaling/signaltest/netlab/truth"
)

func TestChanges_TheScriptIsTheSameAndCanBeDone(t *testing.T) {
	shares := map[string]bool{"firm": true, "buyer": true}
	deeds := script(500, shares)
	if again := script(500, shares); !reflect.DeepEqual(deeds, again) {
		t.Fatal("the same seed wrote another script")
	}
	kinds := make(map[string]int)
	away, off := make(map[string]bool), make(map[string]bool)
	for i, d := range deeds {
		kinds[d.do]++
		switch d.do {
		case "leave", "join":
			if away[d.who] != (d.do == "join") {
				t.Fatalf("%d: %s does %s where it cannot", i, d.who, d.do)
			}
			away[d.who] = d.do == "leave"
			if d.do == "join" { // with microphone and camera, and no screen
				off[d.who+" camera"], off[d.who+" microphone"], off[d.who+" screen"] = false, false, false
			}
		case "on", "off":
			key := d.who + " " + d.source
			if away[d.who] {
				t.Fatalf("%d: %s switches %s in the lobby", i, d.who, d.source)
			}
			if d.source != "screen" && off[key] != (d.do == "on") {
				t.Fatalf("%d: %s is %s already", i, key, d.do)
			}
			off[key] = d.do == "off"
		}
	}
	for _, do := range []string{"join", "leave", "on", "off", doShare, doUnshare, doEnlarge, doResize} {
		if kinds[do] < 15 {
			t.Errorf("%s happens %d times among 500", do, kinds[do])
		}
	}
}

func TestChanges_OnlyWhatTheOwnSwitchExplainsIsNotJudged(t *testing.T) {
	at := func(s float64) time.Time { return time.UnixMilli(int64(1e12 + 1000*s)) }
	off := []span{{at(10), at(13)}, {at(20), at(21)}}
	for _, c := range []struct {
		name     string
		from, to float64
		want     time.Duration
	}{
		{"nothing was off", 1, 2, time.Second},
		{"all of it was", 10.5, 12, 0},
		{"it began before", 9, 12, time.Second},
		{"it went on", 12, 15, 2 * time.Second},
		{"between two", 12, 20.5, 7 * time.Second},
	} {
		gap := []truth.Gap{{At: at(c.from), Length: at(c.to).Sub(at(c.from))}}
		if got := unexplained(gap, off); got != c.want {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
}
