package api

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"sangdam/rooms/schedule"
	"sangdam/signaling/protocol"
)

// Reports is what the report routes answer from. By is a console of the event,
// with the right that the route needs.
type Reports interface {
	// Table is one table as JSON, CSV the same for spreadsheets.
	Table(ctx context.Context, by schedule.Grants, q ReportQuery) (protocol.ReportTable, error)
	CSV(ctx context.Context, by schedule.Grants, q ReportQuery) ([]byte, error)
	// Workbook has all tables.
	Workbook(ctx context.Context, by schedule.Grants, q ReportQuery) ([]byte, error)
	// Consultation is all that is known of one of them.
	Consultation(ctx context.Context, by schedule.Grants, c schedule.ConsultationID) (protocol.ConsultationReport, error)
	// Pack prepares the funder's pack. Write is to be called once: it frees what
	// the pack took.
	Pack(ctx context.Context, by schedule.Grants, language string) (write func(io.Writer) error, err error)
}

// ReportQuery says which report.
type ReportQuery struct {
	Sheet    string
	Day      string // YYYY-MM-DD on the center's clock; empty: all
	Firm     schedule.FirmID
	Country  string
	Language string // ko, en, or keys: the names that programs know; empty: the event's
}

// ReportFilter (exported, as huma wants what it embeds) is what every report may
// be narrowed by.
type ReportFilter struct {
	Day      string `query:"day" pattern:"^[0-9]{4}-[0-9]{2}-[0-9]{2}$" doc:"of the start, on the center's clock; none: all"`
	Firm     string `query:"firm" maxLength:"64" doc:"a firm's id; none: all"`
	Country  string `query:"country" pattern:"^[A-Za-z]{2}$" doc:"of the buyer, ISO 3166-1 alpha-2; none: all"`
	Language string `query:"language" enum:"ko,en,keys" doc:"of headings and words; keys: the names that programs know; none: the event's"`
}

func (f ReportFilter) query(sheet string) ReportQuery {
	return ReportQuery{
		Sheet: sheet, Day: f.Day, Firm: schedule.FirmID(f.Firm), Country: strings.ToUpper(f.Country), Language: f.Language,
	}
}

// what tells the audit log which report it was.
func (q ReportQuery) what(kind string) string {
	v := url.Values{}
	for key, value := range map[string]string{"day": q.Day, "firm": string(q.Firm), "country": q.Country} {
		if value != "" {
			v.Set(key, value)
		}
	}
	if len(v) > 0 {
		kind += "?" + v.Encode()
	}
	return kind
}

const (
	typeCSV  = "text/csv; charset=utf-8"
	typeXLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
	typeZIP  = "application/zip"
)

// reportLimit is how long a workbook or a pack may take to be made; its way to a
// slow reader does not count.
const reportLimit = time.Minute

// slow tells whether a path is one of those.
func slow(path string) bool {
	return strings.HasSuffix(path, "/reports.xlsx") || strings.HasSuffix(path, "/pack.zip")
}

func (a *API) reportRoutes(h huma.API) {
	table := operation("report", http.MethodGet, ofEvent+"reports/{sheet}", "One table of the event's report")
	table.Responses["200"] = jsonResponse[protocol.ReportTable]("The table")
	table.Responses["200"].Content["text/csv"] = &huma.MediaType{Schema: &huma.Schema{Type: huma.TypeString}}
	serve(a, h, need{schedule.RightViewer, schedule.ScopeRecords}, table, func(ctx context.Context, by schedule.Grants, in *struct {
		ConsoleCall
		ReportFilter
		Sheet  string `path:"sheet" enum:"summary,consultations,attendance,no-shows,quality"`
		Format string `query:"format" enum:"json,csv" default:"json"`
	},
	) (*attendanceOutput, error) {
		q := in.query(in.Sheet)
		if in.Format == "csv" {
			b, err := a.deps.Reports.CSV(ctx, by, q)
			if err != nil {
				return nil, err
			}
			a.acted(by, schedule.ActionReport, q.what(in.Sheet+".csv"))
			return &attendanceOutput{ContentType: typeCSV, Disposition: attachment(in.Sheet + "-" + in.Event + dated(in.Day) + ".csv"), Body: b}, nil
		}
		t, err := a.deps.Reports.Table(ctx, by, q)
		if err != nil {
			return nil, err
		}
		a.acted(by, schedule.ActionReport, q.what(in.Sheet))
		return asJSON(t)
	})

	serve(a, h, need{schedule.RightCoordinator, schedule.ScopeRecords},
		fileOperation("report-workbook", http.MethodGet, ofEvent+"reports.xlsx", "The event's report as a workbook, a sheet a table", typeXLSX),
		func(ctx context.Context, by schedule.Grants, in *struct {
			ConsoleCall
			ReportFilter
		},
		) (*file, error) {
			q := in.query("")
			b, err := a.deps.Reports.Workbook(ctx, by, q)
			if err == nil {
				a.acted(by, schedule.ActionReport, q.what("xlsx"))
			}
			return download(typeXLSX, "report-"+in.Event+dated(in.Day)+".xlsx", b, err)
		})

	// A program may read the record, but the pack is signed for somebody.
	serve(a, h, need{schedule.RightCoordinator, ""},
		fileOperation("pack", http.MethodGet, ofEvent+"pack.zip", "The funder's pack: reports, the ledger, and what it takes to verify them; no contacts", typeZIP),
		func(ctx context.Context, by schedule.Grants, in *struct {
			ConsoleCall
			Language string `query:"language" enum:"ko,en,keys" doc:"of headings and words; none: the event's"`
		},
		) (*huma.StreamResponse, error) {
			write, err := a.deps.Reports.Pack(ctx, by, in.Language)
			if err != nil {
				return nil, err
			}
			a.acted(by, schedule.ActionReport, "pack")
			return &huma.StreamResponse{Body: func(hc huma.Context) {
				hc.SetHeader("Content-Type", typeZIP)
				hc.SetHeader("Content-Disposition", attachment("pack-"+in.Event+".zip"))
				if err := write(hc.BodyWriter()); err != nil {
					// The status has gone out. A zip without its end cannot be taken for
					// a whole one; whoever reads it is told by the broken connection.
					a.broken(ctx, "pack", err)
				}
			}}, nil
		})

	one := operation("consultation-report", http.MethodGet, ofEvent+"consultations/{consultation}/report", "All that is known of a consultation, for a page that is printed")
	serve(a, h, need{schedule.RightViewer, schedule.ScopeRecords}, one, func(ctx context.Context, by schedule.Grants, in *struct {
		ConsoleCall
		Consultation string `path:"consultation" maxLength:"64"`
	},
	) (*body[protocol.ConsultationReport], error) {
		id := schedule.ConsultationID(in.Consultation)
		out, err := a.deps.Reports.Consultation(ctx, by, id)
		if err == nil && a.deps.Acted != nil {
			a.deps.Acted(by, schedule.ActionReport, id, "consultation", "")
		}
		return ok(out, err)
	})
}

// broken gives up a reply that has begun.
func (a *API) broken(ctx context.Context, route string, err error) {
	if ctx.Err() == nil && a.deps.Failed != nil {
		a.deps.Failed(ctx, route, protocol.AsFault(err))
	}
	panic(http.ErrAbortHandler) // net/http's way to break a connection off
}

func asJSON(v any) (*attendanceOutput, error) {
	b, err := json.Marshal(v)
	if err != nil {
		return nil, err
	}
	return &attendanceOutput{ContentType: "application/json", Disposition: "inline", Body: append(b, '\n')}, nil
}

func attachment(name string) string { return `attachment; filename="` + name + `"` }

// dated is the end of a file's name.
func dated(day string) string {
	if day == "" {
		return ""
	}
	return "-" + day
}
