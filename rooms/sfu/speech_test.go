package sfu

import (
	"testing"
	"time"

	"sangdam/rooms/sfu/sfutest"
)

// speaker is a microphone's ear and who listens to it as often as the clock does.
type speaker struct {
	*ear
	speech
	changes []time.Duration // since the first packet
	start   time.Time
}

func newSpeaker() *speaker {
	e := newEar()
	return &speaker{ear: e, start: e.now}
}

// hears takes packets of 20 ms, and looks every 50 ms.
func (s *speaker) hears(d time.Duration, level func(int) int) {
	n := 0
	next := func(int) int { n++; return level(n - 1) }
	for range int(d / (100 * time.Millisecond)) {
		for _, part := range []time.Duration{40 * time.Millisecond, 60 * time.Millisecond} {
			s.ear.hears(part, next)
			was := s.on.Load()
			s.listen(true, s.current(s.now), s.now)
			if s.on.Load() != was {
				s.changes = append(s.changes, s.now.Sub(s.start))
			}
		}
	}
}

// syllables are speech: a tenth of a second each, with the gaps between words.
func syllables(packet int) int {
	if packet%25 < 15 {
		return 25
	}
	return 55
}

func TestSpeech_BeginsWithAVoiceAndNotWithAKnock(t *testing.T) {
	for name, c := range map[string]struct {
		level func(int) int
		d     time.Duration
		want  bool
	}{
		"silence":                     {always(127), 5 * time.Second, false},
		"a quiet room":                {always(62), 5 * time.Second, false},
		"a fan":                       {always(52), 5 * time.Second, false},
		"a knock":                     {func(i int) int { return map[bool]int{true: 10, false: 65}[i%100 < 4] }, 4 * time.Second, false},
		"keys, two a second":          {func(i int) int { return map[bool]int{true: 30, false: 65}[i%25 < 2] }, 5 * time.Second, false},
		"a cough":                     {func(i int) int { return map[bool]int{true: 18, false: 65}[i < 12] }, 240 * time.Millisecond, false},
		"a voice":                     {always(28), time.Second, true},
		"a voice with its gaps":       {syllables, 2 * time.Second, true},
		"a soft voice":                {always(38), time.Second, true},
		"a voice of half a second":    {always(25), 600 * time.Millisecond, true},
		"a quiet room that has begun": {always(127), 100 * time.Millisecond, false},
	} {
		s := newSpeaker()
		s.hears(c.d, c.level)
		if got := len(s.changes) > 0; got != c.want {
			t.Errorf("%s: speaks %v", name, got)
		}
	}
}

func TestSpeech_PausesForBreathDoNotEndIt(t *testing.T) {
	s := newSpeaker()
	for range 6 {
		s.hears(2*time.Second, syllables)
		s.hears(600*time.Millisecond, always(60))
	}
	if len(s.changes) != 1 {
		t.Fatalf("changes at %v, want the beginning alone", s.changes)
	}
	if s.changes[0] > 600*time.Millisecond {
		t.Errorf("begins after %v", s.changes[0])
	}
	spoke := s.now.Sub(s.start) - 600*time.Millisecond
	s.hears(3*time.Second, always(60))
	if len(s.changes) != 2 || s.changes[1]-spoke > 2*time.Second {
		t.Errorf("changes at %v, fell silent at %v", s.changes, spoke)
	}
}

func TestSpeech_NoPacketsAreSilenceAfterTheDTXInterval(t *testing.T) {
	s := newSpeaker()
	s.hears(2*time.Second, syllables)
	if !s.on.Load() {
		t.Fatal("does not speak")
	}
	// Less than that is the network's.
	s.ear.hears(dtxInterval-50*time.Millisecond, always(-1))
	if got := s.current(s.now); got > 60 {
		t.Errorf("level %d in a gap of the network", got)
	}
	s.ear.hears(100*time.Millisecond, always(-1))
	if got := s.current(s.now); got != silence {
		t.Errorf("level %d when nothing comes", got)
	}
	s.hears(2*time.Second, always(-1))
	if s.on.Load() {
		t.Error("speaks though nothing comes")
	}
	// Opus without voice sends one packet in 400 ms, which is no voice.
	s.hears(4*time.Second, func(i int) int { return map[bool]int{true: 70, false: -1}[i%20 == 0] })
	if s.on.Load() {
		t.Error("comfort noise is a voice")
	}
}

func TestSpeech_InALoudHallAVoiceBeginsAndEndsAllTheSame(t *testing.T) {
	s := newSpeaker()
	hall := func(i int) int { return 42 + i%4 }
	s.hears(30*time.Second, hall)
	if s.on.Load() {
		t.Fatal("the hall speaks")
	}
	for range 3 {
		s.hears(8*time.Second, func(i int) int { return min(syllables(i), hall(i)) })
		if !s.on.Load() {
			t.Fatal("a voice is not told from the hall")
		}
		s.hears(3*time.Second, hall)
		if s.on.Load() {
			t.Fatal("the hall goes on speaking")
		}
	}
	if len(s.changes) != 6 {
		t.Errorf("changes at %v", s.changes)
	}
	s.hears(time.Minute, always(30)) // somebody switches a hair-dryer on
	if s.on.Load() {
		t.Error("a hair-dryer speaks for a minute")
	}
}

func TestSpeech_AMonologueIsOneSpeech(t *testing.T) {
	s := newSpeaker()
	s.hears(3*time.Minute, syllables)
	if len(s.changes) != 1 {
		t.Errorf("changes at %v", s.changes)
	}
}

func TestSpeech_OffIsSilentAtOnce(t *testing.T) {
	s := newSpeaker()
	s.hears(2*time.Second, syllables)
	s.listen(false, silence, s.now)
	if s.on.Load() {
		t.Error("speaks with the microphone off")
	}
	s.hears(200*time.Millisecond, always(25))
	if s.on.Load() {
		t.Error("what was said before counts")
	}
}

func TestSpeech_RealPeersAreToldWhoSpeaks(t *testing.T) {
	h := newHouse(t)
	loud, quiet := h.join(sfutest.Options{ID: 1}), h.join(sfutest.Options{ID: 2})
	for _, g := range []*guest{loud, quiet} {
		g.SetLevel("microphone", func(time.Duration) int { return 65 })
		h.on(g, Microphone)
	}
	loud.SetLevel("microphone", func(time.Duration) int { return 28 })
	h.wait("the voice", func() bool { return loud.heard.last("speaks") == "speaks true" })
	if truth, _ := h.e.Truth(loud.id); !truth.Speaking {
		t.Error("the truth does not know of it")
	}
	h.e.Allow(loud.id, Microphone, false)
	h.wait("its end", func() bool { return loud.heard.last("speaks") == "speaks false" })
	if quiet.heard.last("speaks") != "" {
		t.Error("who is silent speaks")
	}
}
