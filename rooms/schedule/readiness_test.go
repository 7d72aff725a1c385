package schedule_test

import (
	"slices"
	"testing"
	"time"

	"sangdam/rooms/schedule"
)

func TestReadiness_TheWorstPartIsTheLight(t *testing.T) {
	now := time.Date(2021, 10, 18, 0, 0, 0, 0, time.UTC)
	good := schedule.Readiness{
		At: now.Add(-time.Hour), Microphone: schedule.TestPassed, Camera: schedule.TestPassed, Speaker: schedule.TestPassed,
		Media: schedule.TestPassed, RTT: 250 * time.Millisecond, Supported: true, Zone: "Europe/Paris",
	}
	with := func(change func(*schedule.Readiness)) schedule.Readiness {
		r := good
		change(&r)
		return r
	}
	for name, tt := range map[string]struct {
		test  schedule.Readiness
		light schedule.Light
		why   []string
	}{
		"all well, a neighbour's zone": {good, schedule.LightGreen, nil},
		"never tested":                 {schedule.Readiness{}, schedule.LightUntested, nil},
		"no camera":                    {with(func(r *schedule.Readiness) { r.Camera = schedule.TestFailed }), schedule.LightAmber, []string{"camera_failed"}},
		"deaf, and slow": {
			with(func(r *schedule.Readiness) { r.Microphone, r.RTT = schedule.TestFailed, time.Second }),
			schedule.LightRed,
			[]string{"microphone_failed", "media_slow"},
		},
		"half a test":        {with(func(r *schedule.Readiness) { r.Speaker = schedule.TestNone }), schedule.LightAmber, []string{"speaker_untested"}},
		"an old browser":     {with(func(r *schedule.Readiness) { r.Supported = false }), schedule.LightRed, []string{"browser_unsupported"}},
		"a clock behind":     {with(func(r *schedule.Readiness) { r.ClockOffset = -time.Minute }), schedule.LightAmber, []string{"clock_off"}},
		"travelling":         {with(func(r *schedule.Readiness) { r.Zone = "Asia/Seoul" }), schedule.LightAmber, []string{"zone_differs"}},
		"an unheard-of zone": {with(func(r *schedule.Readiness) { r.Zone = "Mars/Base" }), schedule.LightGreen, nil},
		"long ago":           {with(func(r *schedule.Readiness) { r.At = now.Add(-8 * 24 * time.Hour) }), schedule.LightAmber, []string{"test_old"}},
	} {
		if light, why := tt.test.Light("Europe/Rome", now); light != tt.light || !slices.Equal(why, tt.why) {
			t.Errorf("%s: %s %v, want %s %v", name, light, why, tt.light, tt.why)
		}
	}
}
