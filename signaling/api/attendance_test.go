package api

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"sangdam/rooms/schedule"
	"sangdam/signaling/protocol"
)

func example() protocol.Attendance {
	at := time.Date(2021, 10, 18, 1, 0, 0, 0, time.UTC)
	to := at.Add(50 * time.Minute)
	return protocol.Attendance{
		Event: "fair", Zone: "Asia/Seoul", DerivedAt: at,
		Consultations: []protocol.AttendanceRecord{{
			Consultation: "S01", StartsAt: at, EndsAt: at.Add(time.Hour), Booth: "Booth 1", Firm: "Knit Co", Buyer: "Tekstil",
			Country: "TR", Verdict: "held", TogetherSeconds: 3000,
			Seats: []protocol.AttendanceSeat{
				{Seat: "S01/firm", Role: "firm", Seconds: 3000, Intervals: []protocol.AttendanceInterval{{From: at, To: &to, Reason: "ended"}, {From: to}}},
				{Seat: "S01/buyer", Role: "buyer", Intervals: []protocol.AttendanceInterval{}},
			},
		}},
	}
}

func newAttendanceAPI() *API {
	return New(Deps{
		Grants: func(_ context.Context, token string) (schedule.Grants, error) {
			switch token {
			case "console":
				return schedule.Grants{Event: "fair", Kind: schedule.LinkConsole}, nil
			case "buyer":
				return schedule.Grants{Event: "fair", Kind: schedule.LinkPerson}, nil
			}
			return schedule.Grants{}, protocol.Fail(protocol.CodeTokenUnknown)
		},
		Attendance:    func(context.Context, schedule.EventID) (protocol.Attendance, error) { return example(), nil },
		AttendanceCSV: func(context.Context, schedule.EventID) ([]byte, error) { return []byte("the csv"), nil },
	})
}

func ask(a *API, path, token, accept string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(http.MethodGet, path, nil)
	if token != "" {
		r.Header.Set("Authorization", "Bearer "+token)
	}
	if accept != "" {
		r.Header.Set("Accept", accept)
	}
	w := httptest.NewRecorder()
	a.ServeHTTP(w, r)
	return w
}

func TestAttendance_IsForTheEventsConsoleAlone(t *testing.T) {
	a := newAttendanceAPI()
	for _, tt := range []struct {
		path, token string
		status      int
	}{
		{"/api/v1/events/fair/attendance", "console", 200},
		{"/api/v1/events/fair/attendance", "", 401},
		{"/api/v1/events/fair/attendance", "stranger", 401},
		{"/api/v1/events/fair/attendance", "buyer", 403},
		{"/api/v1/events/other/attendance", "console", 403},
		{"/api/v1/events/fair/attendance?format=xml", "console", 422},
	} {
		if w := ask(a, tt.path, tt.token, ""); w.Code != tt.status {
			t.Errorf("%s as %q: %d %s", tt.path, tt.token, w.Code, w.Body)
		}
	}
}

func TestAttendance_JSONIsTheSchema(t *testing.T) {
	w := ask(newAttendanceAPI(), "/api/v1/events/fair/attendance", "console", "text/html, application/json, text/csv")
	var got protocol.Attendance
	if err := json.Unmarshal(w.Body.Bytes(), &got); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(example(), got); diff != "" {
		t.Error(diff)
	}
}

func TestAttendance_CSVByQueryOrAccept(t *testing.T) {
	a := newAttendanceAPI()
	byQuery := ask(a, "/api/v1/events/fair/attendance?format=csv", "console", "application/json")
	byAccept := ask(a, "/api/v1/events/fair/attendance", "console", "text/csv")
	if byQuery.Body.String() != byAccept.Body.String() || byQuery.Header().Get("Content-Type") != "text/csv; charset=utf-8" {
		t.Fatalf("%s\n%s", byQuery.Body, byAccept.Body)
	}
	if got := byQuery.Header().Get("Content-Disposition"); got != `attachment; filename="attendance-fair.csv"` {
		t.Errorf("disposition %q", got)
	}
	if byQuery.Body.String() != "the csv" {
		t.Errorf("body %q", byQuery.Body)
	}
}
