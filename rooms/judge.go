package rooms

import (
	"math"
	"slices"
	"time"

	"sangdam/rooms/sfu"
)

const (
	// settleFor is how long a newcomer's media may take before their absence is
	// a symptom: a cold start at 300 ms takes 2 s, and so does a slow camera.
	settleFor = 6 * time.Second
	// lastsFor is how long something must not be heard or seen before it is
	// called so: a resume takes less, and so does a device that is switched on.
	lastsFor = 3 * time.Second
	// countsFor is what a browser's word about whom it does not hear covers: it
	// tells every 5 s, and says so of whom it has not heard for as long.
	countsFor = 5 * time.Second
	// voicedFor is how many of the seconds that a browser counted over somebody must
	// have spoken, before a voice that comes out as silence is none of the speaker's.
	voicedFor = 2
	// slowPath is the round trip from which people begin to talk at the same
	// time. Distance alone stays below: twice around the world is 300 ms.
	slowPath = 600 * time.Millisecond
)

// evidence is all that is known of one person's media.
type evidence struct {
	truth   sfu.Truth
	known   bool          // the media plane knows the Peer
	here    time.Duration // since the person came or its Peer changed
	away    bool          // told to everybody
	micOn   bool          // switched on, and
	micIn   bool          // really received
	camOn   bool          // and meant to be sent
	rests   bool          // keeps a source back for its voice
	flows   time.Duration // for how long its microphone has been received without a break
	client  ClientVitals  // what the browser counted; zero: nothing that is new enough
	told    time.Duration // how long ago it did
	micGone time.Duration // it has been on for so long and nothing was received; the same for the camera
	camGone time.Duration
	unfed   time.Duration // sound that it should be sent has not gone out for so long
	deaf    bool          // it says that it does not hear somebody whose sound comes in here and is no silence
	unheard bool          // none of several others hears it, though it sends
	voices  uint32        // in which of the last seconds it was heard here, the newest in the lowest bit
	hollow  bool          // it plays silence while somebody speaks whose sound arrives
	others  bool          // somebody else is there to be heard or seen
}

// judge tells how media is for one person, and what is wrong with it.
func judge(e evidence) Vitals {
	v := Vitals{
		Route: e.truth.Route, RTT: e.truth.RoundTrip.Round(10 * time.Millisecond),
		LossUp: fraction(e.truth.LossUp), LossDown: fraction(e.truth.LossDown),
		Frozen: fraction(e.client.Frozen), Concealed: fraction(e.client.Concealed),
		Quality: QualityGood, Symptoms: []Symptom{},
		JitterUp: e.truth.Jitter.Round(10 * time.Millisecond), JitterDown: e.truth.JitterDown.Round(10 * time.Millisecond),
		LayerUp: e.truth.Camera.Layer, LayerDown: e.truth.Shown.Layer,
		RateUp: fives(e.truth.Camera.Rate), RateDown: fives(e.truth.Shown.Rate), Line: coarse(e.truth.Line / 1000),
	}
	if e.client.Rate > 0 && !e.client.Hidden {
		v.RateDown = fives(e.client.Rate)
	}
	settled := e.here >= settleFor
	connected := e.known && e.truth.State == sfu.StateConnected
	if !connected || e.away {
		v = Vitals{Route: v.Route, Frozen: v.Frozen, Concealed: v.Concealed, Quality: QualityNone, Symptoms: v.Symptoms}
		if e.away || settled {
			v.Symptoms = append(v.Symptoms, SymptomNoMedia)
		}
		return v
	}
	if e.micOn {
		v.Level, v.Speaking = loudness(e.truth.Level), e.truth.Speaking
	}
	worst := 0 // 0 good, 1 fair, 2 poor
	say := func(s Symptom, is bool, weight int) {
		if is {
			v.Symptoms = append(v.Symptoms, s)
			worst = max(worst, weight)
		}
	}
	weigh := func(share, poor float64) int {
		if share >= poor {
			return 2
		}
		return 1
	}
	micDead := settled && e.micGone >= lastsFor
	camDead := settled && e.camGone >= lastsFor
	if micDead && camDead {
		v.Quality, v.Symptoms = QualityNone, append(v.Symptoms, SymptomNoMedia)
		return v
	}
	say(SymptomOneWayIn, e.deaf || e.unfed >= lastsFor, 2)
	say(SymptomSoundBlocked, e.client.Playback == "blocked" && e.others, 2)
	say(SymptomNotPlayed, e.hollow || e.client.Playback == "stopped" && e.others, 2)
	say(SymptomOneWayOut, micDead || e.unheard, 2)
	say(SymptomMicSilent, e.micOn && !micDead && (e.truth.Silent || e.client.Microphone == "silent"), 1)
	say(SymptomMicClipping, e.micOn && (e.truth.Clipping || e.client.Microphone == "clipping"), 1)
	say(SymptomCameraDark, e.camOn && e.client.Camera == "dark", 1)
	say(SymptomCameraFrozen, e.camOn && (camDead || e.client.Camera == "frozen"), 1)
	say(SymptomLossUp, v.LossUp >= 0.03, weigh(v.LossUp, 0.10))
	say(SymptomLossDown, v.LossDown >= 0.03, weigh(v.LossDown, 0.10))
	// A browser draws nothing on a page that is not in sight, and counts that as
	// a picture that stands still.
	// Nor does it draw a picture that is paused.
	say(SymptomFrozen, v.Frozen >= 0.05 && !e.client.Hidden && len(e.truth.Paused) == 0, weigh(v.Frozen, 0.25))
	say(SymptomVoiceBroken, v.Concealed >= 0.05, weigh(v.Concealed, 0.20))
	say(SymptomSlowPath, v.RTT >= slowPath, 1)
	say(SymptomTCP, v.Route == sfu.RouteTCP, 0)
	say(SymptomRelay, v.Route == sfu.RouteRelay, 0)
	say(SymptomCPU, e.client.Limited == "cpu", 1)
	say(SymptomBandwidth, e.client.Limited == "bandwidth" || e.rests || len(e.truth.Paused) > 0, 1)
	say(SymptomHidden, e.client.Hidden, 0)
	v.ScoreUp, v.ScoreDown = e.score(v)
	switch qualityOf(worse(v.ScoreUp, v.ScoreDown)) {
	case QualityFair:
		worst = max(worst, 1)
	case QualityPoor:
		worst = 2
	}
	v.Quality = []Quality{QualityGood, QualityFair, QualityPoor}[worst]
	return v
}

// fives rounds a rate; what there is stays above zero.
func fives(n int) int {
	if n <= 0 {
		return 0
	}
	return max(1, (n+2)/5*5)
}

// coarse rounds kbit/s down to one leading digit of 1, 2 and 5 parts.
func coarse(kbps int) int {
	step := 1
	for kbps >= 10*step {
		step *= 10
	}
	switch lead := kbps / step; {
	case lead >= 5:
		return 5 * step
	case lead >= 2:
		return 2 * step
	case lead == 1:
		return step
	}
	return 0
}

// fraction rounds a share to half a percent.
func fraction(f float64) float64 {
	if math.IsNaN(f) {
		return 0
	}
	return math.Round(min(max(f, 0), 1)*200) / 200
}

// loudness is a level of RFC 6464 as people read it: 0 silence to 100 as loud
// as can be, in tens. Below −60 dBov nobody hears anything.
func loudness(minusdBov uint8) int {
	return int(math.Round(10*(1-min(float64(minusdBov), 60)/60))) * 10
}

func (v Vitals) equal(o Vitals) bool { return v.Level == o.Level && v.equalButLevel(o) }

func (v Vitals) equalButLevel(o Vitals) bool {
	return v.Seat == o.Seat && v.Route == o.Route && v.RTT == o.RTT && v.LossUp == o.LossUp && v.LossDown == o.LossDown &&
		v.Frozen == o.Frozen && v.Concealed == o.Concealed && v.Quality == o.Quality && v.Speaking == o.Speaking &&
		v.JitterUp == o.JitterUp && v.JitterDown == o.JitterDown && v.LayerUp == o.LayerUp && v.LayerDown == o.LayerDown &&
		v.RateUp == o.RateUp && v.RateDown == o.RateDown && v.Line == o.Line && v.ScoreUp == o.ScoreUp && v.ScoreDown == o.ScoreDown &&
		slices.Equal(v.Symptoms, o.Symptoms)
}
