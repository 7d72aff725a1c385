package schedule

import (
	"time"
)

// TestResult is how one part of a device test went.
type TestResult string

const (
	TestPassed TestResult = "passed"
	TestFailed TestResult = "failed"
	TestNone   TestResult = "untested"
)

// Readiness is what the lobby's test found on the device of a link's holder.
type Readiness struct {
	At          time.Time     `json:"at"`
	Microphone  TestResult    `json:"microphone"`
	Camera      TestResult    `json:"camera"`
	Speaker     TestResult    `json:"speaker"`
	Media       TestResult    `json:"media"` // the media path stood
	RTT         time.Duration `json:"rtt"`   // of it; zero: not known
	Browser     string        `json:"browser"`
	Supported   bool          `json:"supported"`
	ClockOffset time.Duration `json:"clock_offset"` // device minus server
	Zone        string        `json:"zone"`

	Network *NetworkTest `json:"network,omitempty"` // nil: not tried
}

// Consent is a yes to what the notice of this name tells.
type Consent struct {
	Notice string    `json:"notice"`
	At     time.Time `json:"at"`
}

// Light is how ready somebody is.
type Light string

const (
	LightGreen    Light = "green"
	LightAmber    Light = "amber"
	LightRed      Light = "red"
	LightUntested Light = "untested"
)

// What makes a test old or a path slow.
const (
	TestOldAfter = 7 * 24 * time.Hour
	SlowRTT      = 400 * time.Millisecond
	ClockOff     = 30 * time.Second
)

// Light judges a test at the time now, and says why it is not green, in a fixed
// order. zone is where the timetable believes the person to be; empty: anywhere.
func (r Readiness) Light(zone string, now time.Time) (Light, []string) {
	if r.At.IsZero() {
		return LightUntested, nil
	}
	light := LightGreen
	var why []string
	say := func(l Light, reason string) {
		why = append(why, reason)
		if light != LightRed {
			light = l
		}
	}
	if !r.Supported {
		say(LightRed, "browser_unsupported")
	}
	for _, part := range []struct {
		name   string
		result TestResult
		failed Light // a meeting is possible without a camera
	}{
		{"media", r.Media, LightRed},
		{"microphone", r.Microphone, LightRed},
		{"speaker", r.Speaker, LightRed},
		{"camera", r.Camera, LightAmber},
	} {
		switch part.result {
		case TestPassed:
		case TestFailed:
			say(part.failed, part.name+"_failed")
		default:
			say(LightAmber, part.name+"_untested")
		}
	}
	if r.RTT > SlowRTT {
		say(LightAmber, "media_slow")
	}
	if r.Network != nil {
		reasons, blocked := r.Network.reasons()
		for _, reason := range reasons {
			if blocked {
				say(LightRed, reason)
			} else {
				say(LightAmber, reason)
			}
		}
	}
	if r.ClockOffset.Abs() > ClockOff {
		say(LightAmber, "clock_off")
	}
	if zone != "" && r.Zone != "" && !sameClock(zone, r.Zone, now) {
		say(LightAmber, "zone_differs")
	}
	if now.Sub(r.At) > TestOldAfter {
		say(LightAmber, "test_old")
	}
	return light, why
}

// sameClock tells whether two zones show the same time now: Europe/Rome and
// Europe/Paris do. Zones that are not known are not judged.
func sameClock(a, b string, now time.Time) bool {
	la, errA := time.LoadLocation(a)
	lb, errB := time.LoadLocation(b)
	if errA != nil || errB != nil {
		return true
	}
	_, offsetA := now.In(la).Zone()
	_, offsetB := now.In(lb).Zone()
	return offsetA == offsetB
}
