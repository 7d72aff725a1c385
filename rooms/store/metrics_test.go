package store

import (
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"sangdam/rooms/schedule"
	"sangdam/rooms/store/storetest"
)

func TestMetrics_TellAnOutageAndWhatWaits(t *testing.T) {
	url, kill, restart := storetest.Redis(t)
	s, err := Open(t.Context(), Options{URL: url, Node: "n", Dir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	reg := prometheus.NewRegistry()
	s.Register(reg)
	value := func(name string) float64 {
		t.Helper()
		all, err := reg.Gather()
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range all {
			if f.GetName() == "sangdam_store_"+name {
				if h := f.GetMetric()[0].GetHistogram(); h != nil {
					return float64(h.GetSampleCount())
				}
				return f.GetMetric()[0].GetGauge().GetValue()
			}
		}
		t.Fatalf("no metric %s", name)
		return 0
	}
	if value("away_seconds") != 0 || value("ledger_waiting") != 0 || value("disk_full") != 0 {
		t.Error("something is told although all is well")
	}
	kill()
	s.Append(schedule.Entry{Event: "fair", Kind: schedule.EntryPhase, Detail: "open"})
	eventually(t, 10*time.Second, "the outage is told", func() bool { return value("away_seconds") > 0 && value("ledger_waiting") == 1 })
	restart()
	if err := s.Flush(t.Context()); err != nil {
		t.Fatal(err)
	}
	eventually(t, 10*time.Second, "it is over", func() bool { return value("away_seconds") == 0 && value("ledger_waiting") == 0 })
	if value("command_seconds") == 0 {
		t.Error("no command was measured")
	}
}
