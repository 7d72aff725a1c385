package rooms

import (
	"slices"
	"testing"
	"time"

	"sangdam/rooms/schedule"
	"sangdam/rooms/sfu"
)

// well is somebody with nothing wrong.
func well() evidence {
	return evidence{
		truth: sfu.Truth{
			State: sfu.StateConnected, Route: sfu.RouteUDP, RoundTrip: 40 * time.Millisecond, Level: 30,
			Camera: sfu.Picture{Layer: "f", Rate: 30}, Shown: sfu.Picture{Layer: "f", Rate: 30},
		},
		known: true, here: time.Minute, micOn: true, micIn: true, flows: time.Minute, camOn: true, others: true, voices: 1<<20 - 1,
	}
}

func TestJudge_NamesWhatIsWrong(t *testing.T) {
	for name, tt := range map[string]struct {
		change  func(e *evidence)
		quality Quality
		say     []Symptom
	}{
		"all is well":                    {func(*evidence) {}, QualityGood, nil},
		"far away":                       {func(e *evidence) { e.truth.RoundTrip = 300 * time.Millisecond }, QualityGood, nil},
		"on the other side of the world": {func(e *evidence) { e.truth.RoundTrip = 420 * time.Millisecond }, QualityGood, nil},
		"by satellite":                   {func(e *evidence) { e.truth.RoundTrip = 700 * time.Millisecond }, QualityFair, []Symptom{SymptomSlowPath}},
		"by TCP":                         {func(e *evidence) { e.truth.Route = sfu.RouteTCP }, QualityGood, []Symptom{SymptomTCP}},
		"by a relay":                     {func(e *evidence) { e.truth.Route = sfu.RouteRelay }, QualityGood, []Symptom{SymptomRelay}},
		"unknown to the media plane":     {func(e *evidence) { e.known = false }, QualityNone, []Symptom{SymptomNoMedia}},
		"not connected":                  {func(e *evidence) { e.truth.State = sfu.StateDisconnected }, QualityNone, []Symptom{SymptomNoMedia}},
		"connecting":                     {func(e *evidence) { e.truth.State, e.here = sfu.StateNew, time.Second }, QualityNone, nil},
		"away":                           {func(e *evidence) { e.away = true }, QualityNone, []Symptom{SymptomNoMedia}},
		"nothing comes at all":           {func(e *evidence) { e.micIn, e.micGone, e.camGone = false, time.Minute, time.Minute }, QualityNone, []Symptom{SymptomNoMedia}},
		"nothing comes yet": {func(e *evidence) {
			e.micIn, e.micGone, e.camGone, e.here = false, 4*time.Second, 4*time.Second, 5*time.Second
		}, QualityGood, nil},
		"both switched off":             {func(e *evidence) { e.micOn, e.micIn, e.camOn = false, false, false }, QualityGood, nil},
		"one-way in: nothing goes out":  {func(e *evidence) { e.unfed = 3 * time.Second }, QualityPoor, []Symptom{SymptomOneWayIn}},
		"for a moment":                  {func(e *evidence) { e.unfed = 2 * time.Second }, QualityGood, nil},
		"one-way in: it says so":        {func(e *evidence) { e.deaf = true }, QualityPoor, []Symptom{SymptomOneWayIn}},
		"one-way out: nothing comes in": {func(e *evidence) { e.micIn, e.micGone = false, 3*time.Second }, QualityPoor, []Symptom{SymptomOneWayOut}},
		"switched on a moment ago":      {func(e *evidence) { e.micIn, e.micGone = false, 2*time.Second }, QualityGood, nil},
		"one-way out: nobody hears it":  {func(e *evidence) { e.unheard = true }, QualityPoor, []Symptom{SymptomOneWayOut}},
		"silent microphone":             {func(e *evidence) { e.truth.Silent = true }, QualityFair, []Symptom{SymptomMicSilent}},
		"silent, says the browser":      {func(e *evidence) { e.client.Microphone = "silent" }, QualityFair, []Symptom{SymptomMicSilent}},
		"muted, and silent":             {func(e *evidence) { e.micOn, e.micIn, e.truth.Silent = false, false, true }, QualityGood, nil},
		"clipping microphone":           {func(e *evidence) { e.truth.Clipping = true }, QualityFair, []Symptom{SymptomMicClipping}},
		"dark camera":                   {func(e *evidence) { e.client.Camera = "dark" }, QualityFair, []Symptom{SymptomCameraDark}},
		"frozen camera":                 {func(e *evidence) { e.client.Camera = "frozen" }, QualityFair, []Symptom{SymptomCameraFrozen}},
		"a camera that sends nothing":   {func(e *evidence) { e.camGone = 3 * time.Second }, QualityFair, []Symptom{SymptomCameraFrozen}},
		"camera switched off":           {func(e *evidence) { e.camOn, e.client.Camera = false, "dark" }, QualityGood, nil},
		"some loss":                     {func(e *evidence) { e.truth.LossUp = 0.02 }, QualityGood, nil},
		"loss up":                       {func(e *evidence) { e.truth.LossUp = 0.04 }, QualityFair, []Symptom{SymptomLossUp}},
		"heavy loss down":               {func(e *evidence) { e.truth.LossDown = 0.12 }, QualityPoor, []Symptom{SymptomLossDown}},
		"freezes":                       {func(e *evidence) { e.client.Frozen = 0.1 }, QualityFair, []Symptom{SymptomFrozen}},
		"a picture that stands":         {func(e *evidence) { e.client.Frozen = 0.4 }, QualityPoor, []Symptom{SymptomFrozen}},
		"a page that is hidden":         {func(e *evidence) { e.client.Frozen, e.client.Hidden = 1, true }, QualityGood, []Symptom{SymptomHidden}},
		"a voice with gaps":             {func(e *evidence) { e.client.Concealed, e.client.Microphone = 0.03, "ok" }, QualityFair, nil},
		"a broken voice":                {func(e *evidence) { e.client.Concealed, e.client.Microphone = 0.1, "ok" }, QualityPoor, []Symptom{SymptomVoiceBroken}},
		"a browser that wants a tap":    {func(e *evidence) { e.client.Playback = "blocked" }, QualityPoor, []Symptom{SymptomSoundBlocked}},
		"one that wants it alone":       {func(e *evidence) { e.client.Playback, e.others = "blocked", false }, QualityGood, nil},
		"sound that was stopped":        {func(e *evidence) { e.client.Playback = "stopped" }, QualityPoor, []Symptom{SymptomNotPlayed}},
		"a voice that comes out silent": {func(e *evidence) { e.hollow = true }, QualityPoor, []Symptom{SymptomNotPlayed}},
		"a tired computer":              {func(e *evidence) { e.client.Limited = "cpu" }, QualityFair, []Symptom{SymptomCPU}},
		"a narrow line":                 {func(e *evidence) { e.client.Limited = "bandwidth" }, QualityFair, []Symptom{SymptomBandwidth}},
		"much at once, the worst is first": {func(e *evidence) {
			e.truth.Route, e.truth.LossUp, e.client.Hidden, e.deaf = sfu.RouteTCP, 0.05, true, true
		}, QualityPoor, []Symptom{SymptomOneWayIn, SymptomLossUp, SymptomTCP, SymptomHidden}},
	} {
		e := well()
		tt.change(&e)
		if v := judge(e); v.Quality != tt.quality || !slices.Equal(v.Symptoms, tt.say) {
			t.Errorf("%s: %s %v, want %s %v", name, v.Quality, v.Symptoms, tt.quality, tt.say)
		}
	}
}

func TestJudge_RoundsWhatNobodyWouldNotice(t *testing.T) {
	e := well()
	e.truth.RoundTrip, e.truth.LossUp, e.truth.LossDown, e.truth.Level = 214*time.Millisecond, 0.0112, 0.0061, 22
	v := judge(e)
	if v.RTT != 210*time.Millisecond || v.LossUp != 0.01 || v.LossDown != 0.005 || v.Level != 60 {
		t.Errorf("%+v", v)
	}
	for level, want := range map[uint8]int{0: 100, 30: 50, 60: 0, 127: 0} {
		if got := loudness(level); got != want {
			t.Errorf("loudness of −%d dBov: %d, want %d", level, got, want)
		}
	}
}

// Who does not hear whom is told by browsers; what comes in here decides whose
// fault it is.
// A voice that arrives and comes out as silence: of somebody who was silent it is no
// wonder, and what the browser counted before says nothing of what was said since.
func TestHearing_SilenceOfWhomSpeaksIsNotPlayed(t *testing.T) {
	for name, tt := range map[string]struct {
		change func(speaker, hearer *evidence)
		want   bool
	}{
		"somebody spoke all the time":       {func(_, _ *evidence) {}, true},
		"for two seconds":                   {func(s, _ *evidence) { s.voices = 0b10100 }, true},
		"for one":                           {func(s, _ *evidence) { s.voices = 0b100 }, false},
		"not at all":                        {func(s, _ *evidence) { s.voices = 0 }, false},
		"before the browser counted":        {func(s, _ *evidence) { s.voices = 0b1111100000 }, false},
		"while it counted, told since":      {func(s, h *evidence) { s.voices, h.told = 0b110000, 3*time.Second }, true},
		"after it told":                     {func(s, h *evidence) { s.voices, h.told = 0b111, 3*time.Second }, false},
		"the microphone is off now":         {func(s, _ *evidence) { s.micOn = false }, false},
		"the microphone is known as dead":   {func(s, _ *evidence) { s.truth.Silent = true }, false},
		"whose path is new":                 {func(s, _ *evidence) { s.here = 2 * time.Second }, false},
		"the one who plays nothing is away": {func(_, h *evidence) { h.away = true }, false},
	} {
		people := cast{someone("S00", schedule.RoleFirm, 0), someone("S00", schedule.RoleBuyer, 0)}
		found := []evidence{well(), well()}
		found[0].client.Hollow = []schedule.SeatID{"S00/buyer"}
		tt.change(&found[1], &found[0])
		hearing(people, found)
		if found[0].hollow != tt.want || found[1].hollow {
			t.Errorf("%s: %v, want %v", name, found[0].hollow, tt.want)
		}
	}
}

func TestHearing_WhoseFaultItIs(t *testing.T) {
	const firm, buyer, interpreter = schedule.RoleFirm, schedule.RoleBuyer, schedule.RoleInterpreter
	people := func(roles ...schedule.Role) (all cast) {
		for _, r := range roles {
			all = append(all, someone("S00", r, 0))
		}
		return all
	}
	for name, tt := range map[string]struct {
		people  cast
		unheard map[int][]schedule.SeatID // by who does not hear
		change  func(found []evidence)
		deaf    []int
		mute    []int // unheard by all
	}{
		"nobody complains":         {people: people(firm, buyer)},
		"one of two does not hear": {people: people(firm, buyer), unheard: map[int][]schedule.SeatID{0: {"S00/buyer"}}, deaf: []int{0}},
		"the other is muted": {
			people: people(firm, buyer), unheard: map[int][]schedule.SeatID{0: {"S00/buyer"}},
			change: func(f []evidence) { f[1].micOn, f[1].micIn = false, false },
		},
		"of the other nothing comes in": {
			people: people(firm, buyer), unheard: map[int][]schedule.SeatID{0: {"S00/buyer"}},
			change: func(f []evidence) { f[1].micIn = false },
		},
		"of the other silence comes in": {
			people: people(firm, buyer), unheard: map[int][]schedule.SeatID{0: {"S00/buyer"}},
			change: func(f []evidence) { f[1].truth.Silent = true },
		},
		"its voice has only just come back": {
			people: people(firm, buyer), unheard: map[int][]schedule.SeatID{0: {"S00/buyer"}},
			change: func(f []evidence) { f[1].flows = 4 * time.Second },
		},
		"it was said before the voice came back": {
			people: people(firm, buyer), unheard: map[int][]schedule.SeatID{0: {"S00/buyer"}},
			change: func(f []evidence) { f[1].flows, f[0].told = 9*time.Second, 5*time.Second },
		},
		"it was said before the path was renewed": {
			people: people(firm, buyer), unheard: map[int][]schedule.SeatID{0: {"S00/buyer"}},
			change: func(f []evidence) { f[0].here, f[0].told = 9*time.Second, 5*time.Second },
		},
		"it is said of five seconds of voice": {
			people: people(firm, buyer), unheard: map[int][]schedule.SeatID{0: {"S00/buyer"}}, deaf: []int{0},
			change: func(f []evidence) { f[1].flows, f[0].told = 7*time.Second, 2*time.Second },
		},
		"one of three does not hear one": {people: people(firm, buyer, interpreter), unheard: map[int][]schedule.SeatID{0: {"S00/buyer"}}, deaf: []int{0}},
		"one of three hears nobody": {
			people: people(firm, buyer, interpreter), unheard: map[int][]schedule.SeatID{0: {"S00/buyer", "S00/interpreter"}}, deaf: []int{0},
		},
		"nobody of three hears one": {
			people: people(firm, buyer, interpreter), unheard: map[int][]schedule.SeatID{0: {"S00/buyer"}, 2: {"S00/buyer"}}, mute: []int{1},
		},
		"both do not hear each other": {
			people: people(firm, buyer), unheard: map[int][]schedule.SeatID{0: {"S00/buyer"}, 1: {"S00/firm"}}, deaf: []int{0, 1},
		},
	} {
		found := make([]evidence, len(tt.people))
		for i := range found {
			found[i] = well()
			found[i].client.Unheard = tt.unheard[i]
		}
		if tt.change != nil {
			tt.change(found)
		}
		hearing(tt.people, found)
		var deaf, mute []int
		for i, e := range found {
			if e.deaf {
				deaf = append(deaf, i)
			}
			if e.unheard {
				mute = append(mute, i)
			}
		}
		if !slices.Equal(deaf, tt.deaf) || !slices.Equal(mute, tt.mute) {
			t.Errorf("%s: deaf %v, unheard %v", name, deaf, mute)
		}
	}
}
