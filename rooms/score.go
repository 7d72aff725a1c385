package rooms

import (
	"math"
	"time"
)

// How well somebody is heard and seen, and hears and sees, from 1 (nobody can
// work with it) to 4.4 (nothing to be noticed), as people who listen judge it
// (mean opinion score, ITU-T P.800). Sound goes by the E-model (ITU-T G.107); its
// picture has no standard that knows simulcast and freezes, so that pictures have
// a scale of our own on the same words.
//
// Distance by itself is no fault: G.107 has a class of talk that takes a delay
// lightly, and consecutive interpretation is of that class. Adding up round trip
// and loss, as many a meter does, was rejected: it calls every buyer overseas poor.

const (
	// bestR is the E-model's R with all of its parameters at their defaults
	// (G.107 table 2): 4.4 as a score.
	bestR = 93.2
	// delayClass and delayFrom are sT and mT of "very low" sensitivity to delay
	// (G.107 06/2015, table 1): below delayFrom nothing is felt.
	delayClass = 0.4
	delayFrom  = 150 * time.Millisecond
	// ownDelay is what a voice takes beside its way: taken up, coded, held, played.
	ownDelay = 100 * time.Millisecond
	// packetLoss is Bpl, how well a codec bears loss. G.113 has no value for Opus.
	// This one makes 2 % of made up sound "fair" and 7 %, from where meeting services
	// call a stream poor, "poor".
	packetLoss = 10
	// codecWorst is what the loss of everything takes off R (G.107 equation 7-29).
	codecWorst = 95

	bestScore  = 4.4 // of bestR, and of a picture without a fault
	goodScore  = 4.0
	fairScore  = 3.0
	leastScore = 1.0
	// leastPicture: who hears well can go on talking without any picture.
	leastPicture = 2.0
	// restingPicture is one that is kept back so that the voice has the line.
	restingPicture = 3.4

	// freezeRate is how fast freezes spoil a picture: 1 % of the time is good, 5 %
	// fair, 20 % poor.
	freezeRate = 4
	// layerStep is what one layer less than wanted takes: one is still good.
	layerStep = 0.3
	// smoothRate is from how many pictures a second on more are not noticed with
	// people who sit and talk, jerkiness what none at all would take off.
	smoothRate = 20
	jerkiness  = 2
)

// sound scores a voice by the delay of the way that it took and by the share of
// it that was made up.
func soundScore(delay time.Duration, madeUp float64) float64 {
	r := bestR - delayImpairment(delay+ownDelay) - lossImpairment(madeUp)
	return opinion(r)
}

// delayImpairment is Idd (G.107 equations 7-27 and 7-28).
func delayImpairment(delay time.Duration) float64 {
	if delay <= delayFrom {
		return 0
	}
	x := math.Log2(float64(delay) / float64(delayFrom))
	p := 6 * delayClass
	return 25 * (math.Pow(1+math.Pow(x, p), 1/p) - 3*math.Pow(1+math.Pow(x/3, p), 1/p) + 2)
}

// lossImpairment is Ie,eff (G.107 equation 7-29) of a codec that is perfect without
// loss, and of loss without bursts: what is left after repair is.
func lossImpairment(share float64) float64 {
	percent := 100 * min(max(share, 0), 1)
	return codecWorst * percent / (percent + packetLoss)
}

// opinion is the score of R (G.107 annex B).
func opinion(r float64) float64 {
	switch {
	case r <= 0:
		return leastScore
	case r >= 100:
		return 4.5
	}
	return max(leastScore, 1+0.035*r+r*(r-60)*(100-r)*7e-6)
}

// sight is what is known of a picture.
type sight struct {
	frozen  float64 // 0 to 1 of the time
	missing int     // layers less than wanted
	rate    int     // pictures a second; 0: not known
	resting bool    // kept back for the voice
}

// pictureScore scores a picture.
func pictureScore(s sight) float64 {
	score := bestScore - (bestScore-leastScore)*(1-math.Exp(-freezeRate*min(max(s.frozen, 0), 1)))
	score -= layerStep * float64(s.missing)
	if s.rate > 0 && s.rate < smoothRate {
		lacks := 1 - float64(s.rate)/smoothRate
		score -= jerkiness * lacks * lacks
	}
	if s.resting {
		score = min(score, restingPicture)
	}
	return max(leastPicture, score)
}

// worse of two scores; 0 is none.
func worse(a, b float64) float64 {
	if a == 0 || b == 0 {
		return max(a, b)
	}
	return min(a, b)
}

// tenth rounds a score to what people tell apart.
func tenth(score float64) float64 { return math.Round(10*score) / 10 }

// qualityOf is the word for a score; good for none, since nothing speaks against it.
func qualityOf(score float64) Quality {
	switch {
	case score == 0 || score >= goodScore:
		return QualityGood
	case score >= fairScore:
		return QualityFair
	}
	return QualityPoor
}

// score tells how well somebody is heard and seen (up), and hears and sees (down),
// of what v says already, rounded; 0: there is nothing to tell it by.
func (e evidence) score(v Vitals) (up, down float64) {
	way := v.RTT / 2
	camera, shown := e.truth.Camera, e.truth.Shown
	if e.here < settleFor { // the lowest layer comes first, until the line is known
		camera.Missing, shown.Missing = 0, 0
	}
	if e.micOn && e.micIn {
		up = soundScore(way, fraction(e.truth.Gaps))
	}
	switch {
	case e.rests:
		up = worse(up, pictureScore(sight{resting: true}))
	case e.camOn && camera.Rate > 0:
		up = worse(up, pictureScore(sight{missing: camera.Missing, rate: v.RateUp}))
	}
	if e.others {
		madeUp := v.LossDown // without the browser's word nothing is taken for repaired
		if e.client.told() {
			madeUp = v.Concealed
		}
		down = soundScore(way, madeUp)
		s := sight{missing: shown.Missing, rate: v.RateDown, resting: len(e.truth.Paused) > 0}
		if !e.client.Hidden && !s.resting { // a browser draws nothing on a page that is not in sight
			s.frozen = v.Frozen
		}
		if s.rate > 0 || s.resting || s.frozen > 0 {
			down = worse(down, pictureScore(s))
		}
	}
	return tenth(up), tenth(down)
}

// told tells whether the browser has counted anything at all.
func (c ClientVitals) told() bool { return c.Microphone != "" || c.Camera != "" || c.Limited != "" }
