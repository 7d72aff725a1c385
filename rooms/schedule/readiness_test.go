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
	network := func(change func(*schedule.NetworkTest)) schedule.Readiness {
		r := good
		r.Network = &schedule.NetworkTest{
			At: r.At, Socket: schedule.TestPassed, UDP: schedule.TestPassed, TCP: schedule.TestPassed, TLS: schedule.TestPassed,
			Path: schedule.PathNormal, Route: "udp", Up: 2_000_000, Down: 5_000_000, LossUp: schedule.LossyLine,
		}
		change(r.Network)
		return r
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
		"a good network":     {network(func(*schedule.NetworkTest) {}), schedule.LightGreen, nil},
		"rates not measured": {network(func(n *schedule.NetworkTest) { n.Up, n.Down = 0, 0 }), schedule.LightGreen, nil},
		"UDP is blocked": {
			network(func(n *schedule.NetworkTest) { n.UDP, n.Route = schedule.TestFailed, "tcp" }),
			schedule.LightAmber,
			[]string{"network_udp_blocked"},
		},
		"a narrow way up": {network(func(n *schedule.NetworkTest) { n.Up = 299_000 }), schedule.LightAmber, []string{"network_narrow"}},
		"a narrow way down, with loss, and sound alone": {
			network(func(n *schedule.NetworkTest) { n.Down, n.LossDown, n.Path = 100_000, 0.06, schedule.PathAudio }),
			schedule.LightAmber,
			[]string{"network_narrow", "network_lossy", "network_sound_only"},
		},
		"nothing gets through": {
			network(func(n *schedule.NetworkTest) {
				n.UDP, n.TCP, n.TLS, n.Route, n.Path = schedule.TestFailed, schedule.TestFailed, schedule.TestFailed, "", schedule.PathAudio
			}),
			schedule.LightRed,
			[]string{"network_blocked"},
		},
	} {
		if light, why := tt.test.Light("Europe/Rome", now); light != tt.light || !slices.Equal(why, tt.why) {
			t.Errorf("%s: %s %v, want %s %v", name, light, why, tt.light, tt.why)
		}
	}
}

func TestLinkPath_BeginsAnewAfterADay(t *testing.T) {
	now := time.Date(2021, 10, 18, 0, 0, 0, 0, time.UTC)
	for _, tt := range []struct {
		path schedule.LinkPath
		want schedule.PathProfile
	}{
		{schedule.LinkPath{}, schedule.PathNormal},
		{schedule.LinkPath{Profile: schedule.PathRelay, At: now.Add(-schedule.PathOldAfter + time.Second)}, schedule.PathRelay},
		{schedule.LinkPath{Profile: schedule.PathActive, At: now.Add(-schedule.PathOldAfter)}, schedule.PathNormal},
		{schedule.LinkPath{Profile: schedule.PathAudio.Lasting(), At: now}, schedule.PathRelay},
	} {
		if got := tt.path.Begin(now); got != tt.want {
			t.Errorf("%+v begins with %s, want %s", tt.path, got, tt.want)
		}
	}
}
