package load

import (
	"encoding/json"
	"strings"
	"testing"
	"unicode/utf8"
)

func good(rooms int) Figures {
	spread := Spread{Count: 10, P50: 0.4, P99: 4.25, Max: 9}
	return Figures{
		Rooms: rooms, People: 2 * rooms, Present: 2 * rooms, Seconds: 30,
		Connect: spread, Join: spread, Picture: spread, Delay: spread, Loss: 0.0001, Got: 26000, DownMbps: 150,
		Server: &ServerFigures{Cores: 0.61, PerPacket: 23.4, Resident: 120 << 20, EachBytes: 1 << 20},
		Self:   SelfFigures{Cores: 0.8, LateP99: 0.3},
	}
}

func TestFigures_CarriedIsWhatPeopleNeed(t *testing.T) {
	f := good(10)
	if !f.Carried() {
		t.Error("these are well")
	}
	for what, change := range map[string]func(*Figures){
		"people were not there": func(f *Figures) { f.Present-- },
		"nothing arrived":       func(f *Figures) { f.Got = 0 },
		"delay p99 51.0 ms":     func(f *Figures) { f.Delay.P99 = 51 },
		"0.60 % lost":           func(f *Figures) { f.Loss = 0.006 },
	} {
		f := good(10)
		change(&f)
		if f.Carried() || !strings.Contains(f.lacks(), what) {
			t.Errorf("%s: carried %v, lacks %q", what, f.Carried(), f.lacks())
		}
	}
}

func TestTable_CellsStandBelowTheirHeadings(t *testing.T) {
	for _, server := range []bool{true, false} {
		var b strings.Builder
		Heading(&b, server)
		f := good(200)
		if !server {
			f.Server = nil
		}
		Row(&b, &f)
		f.Join, f.Present = Spread{}, 399
		Row(&b, &f)
		lines := strings.Split(strings.TrimSpace(b.String()), "\n")
		width := utf8.RuneCountInString(lines[0])
		for _, line := range lines[1:] {
			if utf8.RuneCountInString(line) > width+2 { // the first line lost what Trim took
				t.Errorf("%d and not %d wide: %q", utf8.RuneCountInString(line), width, line)
			}
		}
		if !strings.Contains(lines[2], "0.40 / 4.25") || !strings.Contains(lines[3], "399 of 400") {
			t.Errorf("rows:\n%s", b.String())
		}
	}
}

func TestReport_SaysWhatTheMachineHolds(t *testing.T) {
	many := good(200)
	many.Delay.P99, many.Self = 71, SelfFigures{Cores: 1.97, LateP99: 40, Limits: true}
	many.Failed = map[string]int{"join: timeout": 3}
	r := Report{Plan: plan(), Steps: []Figures{good(100), many}, Carried: 100, TooMany: 200}
	r.Plan.Rate = 0.3
	told := r.Told()
	for _, part := range []string{
		"The server carried 100 rooms of 2 (simulcast, 0.3 × the usual bit rate): delay p99 4.25 ms, 0.01 % lost, 0.61 cores, 23.4 µs a forwarded packet, 1.00 MiB a participant.",
		"200 rooms of 2 (simulcast, 0.3 × the usual bit rate) were too many: delay p99 71.0 ms (at most 50.0).",
		"But this side was the limit: it woke 40.0 ms late at p99 and took 1.97 cores.",
		"  join: timeout, 3 ×",
	} {
		if !strings.Contains(told, part) {
			t.Errorf("%q is not in:\n%s", part, told)
		}
	}
	r = Report{Plan: plan(), Steps: []Figures{good(1)}, Carried: 1}
	r.Steps[0].Server = nil
	if told := r.Told(); told != "The server carried 1 room of 2 (simulcast): delay p99 4.25 ms, 0.01 % lost.\n" {
		t.Errorf("%q", told)
	}
}

func TestReport_JSONHasNoUnknownServer(t *testing.T) {
	f := good(1)
	f.Server = nil
	raw, err := json.Marshal(f)
	if err != nil || strings.Contains(string(raw), `"server"`) || !strings.Contains(string(raw), `"delay_ms":{"count":10,"p50":0.4,"p99":4.25,"max":9}`) {
		t.Errorf("%s, %v", raw, err)
	}
}
