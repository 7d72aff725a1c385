package api

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"sangdam/rooms/schedule"
	"sangdam/signaling/protocol"
)

// fakeReports remembers what it was asked.
type fakeReports struct {
	asked []ReportQuery
	err   error
	write func(io.Writer) error
}

func (f *fakeReports) Table(_ context.Context, _ schedule.Grants, q ReportQuery) (protocol.ReportTable, error) {
	f.asked = append(f.asked, q)
	return protocol.ReportTable{Sheet: q.Sheet, Columns: []protocol.ReportColumn{}, Rows: [][]string{{"a"}}}, f.err
}

func (f *fakeReports) CSV(_ context.Context, _ schedule.Grants, q ReportQuery) ([]byte, error) {
	f.asked = append(f.asked, q)
	return []byte("csv of " + q.Sheet), f.err
}

func (f *fakeReports) Workbook(_ context.Context, _ schedule.Grants, q ReportQuery) ([]byte, error) {
	f.asked = append(f.asked, q)
	return []byte("PK workbook"), f.err
}

func (f *fakeReports) Consultation(_ context.Context, _ schedule.Grants, c schedule.ConsultationID) (protocol.ConsultationReport, error) {
	return protocol.ConsultationReport{Record: protocol.AttendanceRecord{Consultation: string(c)}}, f.err
}

func (f *fakeReports) Pack(_ context.Context, _ schedule.Grants, language string) (func(io.Writer) error, error) {
	f.asked = append(f.asked, ReportQuery{Language: language})
	return f.write, f.err
}

// reporting is an API whose tokens are rights, and the lines of its audit log.
func reporting(f *fakeReports) (*API, *[]string) {
	var log []string
	return New(Deps{
		Reports: f,
		Grants: func(_ context.Context, token string) (schedule.Grants, error) {
			g := schedule.Grants{Event: "fair", Kind: schedule.LinkConsole}
			switch token {
			case "viewer", "coordinator":
				g.Right = schedule.Right(token)
			case "records", "board":
				g.Scopes = []schedule.Scope{schedule.Scope(token)}
			case "buyer":
				g.Kind = schedule.LinkPerson
			default:
				return g, protocol.Fail(protocol.CodeTokenUnknown)
			}
			return g, nil
		},
		Acted: func(_ schedule.Grants, a schedule.Action, c schedule.ConsultationID, what, why string) {
			log = append(log, strings.Join([]string{string(a), string(c), what, why}, "|"))
		},
	}), &log
}

func TestReports_AreForWhoeverHasTheRight(t *testing.T) {
	a, log := reporting(&fakeReports{write: func(io.Writer) error { return nil }})
	for path, may := range map[string][]string{
		"reports/summary":               {"viewer", "coordinator", "records"},
		"reports/no-shows?format=csv":   {"viewer", "coordinator", "records"},
		"reports.xlsx":                  {"coordinator", "records"},
		"pack.zip":                      {"coordinator"},
		"consultations/S01/report":      {"viewer", "coordinator", "records"},
		"reports/summary?day=yesterday": nil,
		"reports/money":                 nil,
		"reports.xlsx?country=KOR":      nil,
		"pack.zip?language=fr":          nil,
	} {
		for _, token := range []string{"viewer", "coordinator", "records", "board", "buyer", "nobody", ""} {
			*log = nil
			w := ask(a, "/api/v1/events/fair/"+path, token, "")
			want := slices.Contains(may, token)
			if got := w.Code == http.StatusOK; got != want {
				t.Errorf("%s as %q: %d %s", path, token, w.Code, w.Body)
			}
			if read := len(*log) == 1; read != want {
				t.Errorf("%s as %q: audit log %q", path, token, *log)
			}
			if w := ask(a, "/api/v1/events/other/"+path, token, ""); w.Code == http.StatusOK {
				t.Errorf("%s of another event as %q: %d", path, token, w.Code)
			}
		}
	}
}

func TestReports_HaveATypeANameAndALineInTheAuditLog(t *testing.T) {
	f := &fakeReports{write: func(w io.Writer) error {
		_, err := io.WriteString(w, "PK pack")
		return err
	}}
	a, log := reporting(f)
	for _, tt := range []struct {
		path, kind, disposition, body, log string
		query                              ReportQuery
	}{
		{
			"reports/attendance?format=csv&day=2021-12-06&firm=f1&country=mx&language=keys", "text/csv; charset=utf-8",
			`attachment; filename="attendance-fair-2021-12-06.csv"`, "csv of attendance", "report||attendance.csv?country=MX&day=2021-12-06&firm=f1|",
			ReportQuery{Sheet: "attendance", Day: "2021-12-06", Firm: "f1", Country: "MX", Language: "keys"},
		},
		{
			"reports.xlsx?language=ko", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
			`attachment; filename="report-fair.xlsx"`, "PK workbook", "report||xlsx|",
			ReportQuery{Language: "ko"},
		},
		{"pack.zip?language=en", "application/zip", `attachment; filename="pack-fair.zip"`, "PK pack", "report||pack|", ReportQuery{Language: "en"}},
	} {
		f.asked, *log = nil, nil
		w := ask(a, "/api/v1/events/fair/"+tt.path, "coordinator", "")
		if w.Code != http.StatusOK || w.Header().Get("Content-Type") != tt.kind || w.Header().Get("Content-Disposition") != tt.disposition {
			t.Errorf("%s: %d %v", tt.path, w.Code, w.Header())
		}
		if w.Body.String() != tt.body {
			t.Errorf("%s: %q", tt.path, w.Body)
		}
		if w.Header().Get("Cache-Control") != "no-store" {
			t.Errorf("%s may be cached", tt.path)
		}
		if diff := cmp.Diff([]ReportQuery{tt.query}, f.asked); diff != "" {
			t.Errorf("%s: %s", tt.path, diff)
		}
		if diff := cmp.Diff([]string{tt.log}, *log); diff != "" {
			t.Errorf("%s: %s", tt.path, diff)
		}
	}
	*log = nil
	w := ask(a, "/api/v1/events/fair/consultations/S07/report", "viewer", "")
	var one protocol.ConsultationReport
	if err := json.Unmarshal(w.Body.Bytes(), &one); err != nil || one.Record.Consultation != "S07" || (*log)[0] != "report|S07|consultation|" {
		t.Errorf("%v, %s, audit log %q", err, w.Body, *log)
	}
}

// Nothing was read, so nothing is in the log.
func TestReports_AFailureIsToldAndNotLogged(t *testing.T) {
	f := &fakeReports{err: protocol.Fail(protocol.CodeUnavailable)}
	a, log := reporting(f)
	for _, path := range []string{"reports/summary", "reports/summary?format=csv", "reports.xlsx", "pack.zip", "consultations/S01/report"} {
		w := ask(a, "/api/v1/events/fair/"+path, "coordinator", "")
		if w.Code != http.StatusServiceUnavailable || w.Header().Get("Content-Type") != problemType {
			t.Errorf("%s: %d %v", path, w.Code, w.Header())
		}
	}
	if len(*log) != 0 {
		t.Errorf("audit log %q", *log)
	}
}

// The status has gone out when a pack fails in the middle: whoever reads it must
// not take the half for the whole.
func TestPack_ThatFailsBreaksTheConnection(t *testing.T) {
	var failed []string
	a, _ := reporting(&fakeReports{write: func(w io.Writer) error {
		if _, err := w.Write(make([]byte, 64<<10)); err != nil {
			return err
		}
		return errors.New("the ledger is gone")
	}})
	a.deps.Failed = func(_ context.Context, route string, f *protocol.Fault) {
		failed = append(failed, route+": "+f.Cause.Error())
	}
	web := httptest.NewServer(a)
	defer web.Close()
	web.Config.ErrorLog = nil
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, web.URL+"/api/v1/events/fair/pack.zip", nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer coordinator")
	reply, err := web.Client().Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer reply.Body.Close()
	if _, err := io.ReadAll(reply.Body); err == nil {
		t.Error("half a pack was read to its end")
	}
	if len(failed) != 1 || failed[0] != "pack: the ledger is gone" {
		t.Errorf("logged %q", failed)
	}
}

func TestReports_TheDocumentNamesTheirTypes(t *testing.T) {
	doc, err := Document()
	if err != nil {
		t.Fatal(err)
	}
	for _, part := range []string{
		"/events/{event}/reports/{sheet}", "/events/{event}/reports.xlsx", "/events/{event}/pack.zip",
		"/events/{event}/consultations/{consultation}/report", typeXLSX, typeZIP, `"ConsultationReport"`, `"ReportTable"`,
		"Needs the right coordinator.",
	} {
		if !strings.Contains(string(doc), part) {
			t.Errorf("the document has no %s", part)
		}
	}
}
