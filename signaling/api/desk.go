package api

import (
	"context"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"sangdam/rooms/schedule"
	"sangdam/signaling/protocol"
)

// Desk is what the coordinators' routes answer from. By is whose token asked;
// it is a console of the event already.
type Desk interface {
	Timetable(ctx context.Context, by schedule.Grants) (protocol.Timetable, error)
	Import(ctx context.Context, by schedule.Grants, in Upload) (protocol.Outcome, error)
	Edit(ctx context.Context, by schedule.Grants, in protocol.EditRequest, dryRun bool) (protocol.Outcome, error)
	Edits(ctx context.Context, by schedule.Grants, before string, limit int) (protocol.EditLog, error)
	Extend(ctx context.Context, by schedule.Grants, c schedule.ConsultationID, in protocol.ExtendRequest, dryRun bool) (protocol.Extension, error)
	Verdict(ctx context.Context, by schedule.Grants, c schedule.ConsultationID, in protocol.VerdictRequest) (protocol.VerdictRecord, error)
	Links(ctx context.Context, by schedule.Grants) (protocol.Links, error)
	LinksCSV(ctx context.Context, by schedule.Grants) ([]byte, error)
	AddLink(ctx context.Context, by schedule.Grants, in protocol.AddLink) (protocol.LinkInfo, error)
	Revoke(ctx context.Context, by schedule.Grants, id schedule.LinkID, why string) (protocol.LinkInfo, error)
	Reissue(ctx context.Context, by schedule.Grants, id schedule.LinkID, why string) (protocol.LinkInfo, error)
	Mail(ctx context.Context, by schedule.Grants, in protocol.MailRequest, dryRun bool) (protocol.MailReport, error)
	LinkDevices(ctx context.Context, by schedule.Grants, id schedule.LinkID) (protocol.DeviceAccess, error)
	Calendar(ctx context.Context, by schedule.Grants, of schedule.LinkID) ([]byte, error)
	Readiness(ctx context.Context, by schedule.Grants) (protocol.ReadinessBoard, error)

	Script(ctx context.Context, by schedule.Grants, c schedule.ConsultationID) (protocol.Script, error)
	Contact(ctx context.Context, by schedule.Grants, c schedule.ConsultationID, in protocol.ContactRequest) (protocol.Contacted, error)
	Care(ctx context.Context, by schedule.Grants, c schedule.ConsultationID, in protocol.CareRequest) error
	HandOver(ctx context.Context, by schedule.Grants, in protocol.HandOverRequest) (protocol.HandedOver, error)
	End(ctx context.Context, by schedule.Grants, c schedule.ConsultationID, in protocol.Reasoned) error
	Paper(ctx context.Context, by schedule.Grants, c schedule.ConsultationID, in protocol.PaperRequest) error
	Erase(ctx context.Context, by schedule.Grants, in protocol.EraseRequest) (protocol.Erasure, error)
}

// Own is what a holder of any link may ask about itself.
type Own interface {
	QR(ctx context.Context, by schedule.Grants, in protocol.QRRequest) ([]byte, error)
	MyCalendar(ctx context.Context, by schedule.Grants) ([]byte, error)
	Test(ctx context.Context, by schedule.Grants, in protocol.Readiness) error
	Agree(ctx context.Context, by schedule.Grants, in protocol.ConsentRequest) (protocol.Consent, error)
	MyDevices(ctx context.Context, by schedule.Grants) (protocol.DeviceAccess, error)
}

// Upload is a timetable file.
type Upload struct {
	Name     string // of the file, for its ending
	Revision int64  // of the timetable that it is compared with
	File     []byte
	DryRun   bool
	Reason   string // for the audit log
}

// MaxUpload is the largest timetable file.
const MaxUpload = 5 << 20

// ConsoleCall (exported, as huma wants what it embeds) is what every request of a console has.
type ConsoleCall struct {
	Event string `path:"event" maxLength:"64"`
	Auth  string `header:"Authorization" doc:"Bearer and a console's session token"`
}

// OwnCall is what every request of a link's holder has.
type OwnCall struct {
	Auth string `header:"Authorization" doc:"Bearer and a session token"`
}

// Rehearsal asks what a change would do.
type Rehearsal struct {
	DryRun bool `query:"dry_run" doc:"tell what would be done, and do nothing"`
}

// Reason is why something is done, for requests without a body.
type Reason struct {
	Reason string `query:"reason" maxLength:"500" doc:"for the audit log"`
}

// OnConsultation is what a request about one consultation has.
type OnConsultation struct {
	ConsoleCall
	Consultation string `path:"consultation" maxLength:"64"`
}

// bearer finds whose token a request has.
func (a *API) bearer(ctx context.Context, auth string) (schedule.Grants, error) {
	token, ok := strings.CutPrefix(auth, "Bearer ")
	if !ok {
		return schedule.Grants{}, protocol.Fail(protocol.CodeTokenUnknown)
	}
	return a.deps.Grants(ctx, token)
}

// need is what a route wants of who calls: a right of a console, or the scope of
// an API key. No key may call a route with no scope.
type need struct {
	right schedule.Right
	scope schedule.Scope
}

func (n need) String() string {
	s := "Needs the right " + string(n.right)
	if n.scope != "" {
		s += ", or an API key with the scope " + string(n.scope)
	}
	return s + "."
}

// met tells whether somebody may call. Everything that is no console may not.
func (n need) met(g schedule.Grants) bool {
	if g.Kind == schedule.LinkConsole && n.scope != "" && slices.Contains(g.Scopes, n.scope) {
		return true
	}
	return g.May(n.right)
}

// console finds the console that asks.
func (a *API) console(ctx context.Context, c ConsoleCall, n need) (schedule.Grants, error) {
	g, err := a.bearer(ctx, c.Auth)
	if err != nil {
		return g, err
	}
	// Another event is answered like one that does not exist.
	if g.Kind != schedule.LinkConsole || string(g.Event) != c.Event || !n.met(g) {
		return g, protocol.Fail(protocol.CodeForbidden)
	}
	return g, nil
}

// calling is what embeds a ConsoleCall.
type calling interface{ call() ConsoleCall }

func (c ConsoleCall) call() ConsoleCall { return c }

// serve registers a route of consoles: do is called for whoever has what the
// route needs, and the document says what that is.
func serve[I calling, O any](a *API, h huma.API, n need, o huma.Operation, do func(ctx context.Context, by schedule.Grants, in *I) (*O, error)) {
	o.Description = strings.TrimSpace(o.Description + " " + n.String())
	huma.Register(h, o, func(ctx context.Context, in *I) (*O, error) {
		by, err := a.console(ctx, (*in).call(), n)
		if err != nil {
			return nil, a.fail(ctx, o.OperationID, err)
		}
		out, err := do(ctx, by, in)
		if err != nil {
			return nil, a.fail(ctx, o.OperationID, err)
		}
		return out, nil
	})
}

// own finds the holder of a link who asks about itself; a program is nobody.
func (a *API) own(ctx context.Context, c OwnCall) (schedule.Grants, error) {
	g, err := a.bearer(ctx, c.Auth)
	if err == nil && len(g.Scopes) > 0 {
		err = protocol.Fail(protocol.CodeForbidden)
	}
	return g, err
}

type body[T any] struct{ Body T }

type file struct {
	ContentType string `header:"Content-Type"`
	Disposition string `header:"Content-Disposition"`
	Body        []byte
}

// ok wraps what a route answers.
func ok[T any](v T, err error) (*body[T], error) {
	if err != nil {
		return nil, err
	}
	return &body[T]{v}, nil
}

// download is a file that the browser saves.
func download(contentType, name string, b []byte, err error) (*file, error) {
	if err != nil {
		return nil, err
	}
	return &file{ContentType: contentType, Disposition: `attachment; filename="` + name + `"`, Body: b}, nil
}

func operation(id, method, path, summary string) huma.Operation {
	return huma.Operation{
		OperationID: id, Method: method, Path: "/api/v1/" + path, Summary: summary,
		MaxBodyBytes: 256 << 10,
		Security:     []map[string][]string{{"token": {}}},
		Responses:    problemResponses(),
	}
}

// fileOperation answers with something that is not JSON.
func fileOperation(id, method, path, summary, contentType string) huma.Operation {
	o := operation(id, method, path, summary)
	o.Responses["200"] = &huma.Response{
		Description: summary,
		Content:     map[string]*huma.MediaType{contentType: {Schema: &huma.Schema{Type: huma.TypeString}}},
	}
	return o
}

const ofEvent = "events/{event}/"

func (a *API) timetableRoutes(h huma.API) {
	type timetableOutput struct {
		ETag string `header:"ETag"`
		Body protocol.Timetable
	}
	serve(a, h, need{schedule.RightViewer, schedule.ScopeTimetable}, operation("timetable", http.MethodGet, ofEvent+"timetable", "The timetable with conflicts, and with contacts for whoever may call: coordinators, and keys with the scope"),
		func(ctx context.Context, by schedule.Grants, in *struct{ ConsoleCall }) (*timetableOutput, error) {
			t, err := a.deps.Desk.Timetable(ctx, by)
			if err != nil {
				return nil, err
			}
			return &timetableOutput{ETag: `"` + strconv.FormatInt(t.Revision, 10) + `"`, Body: t}, nil
		})

	upload := operation("import", http.MethodPost, ofEvent+"import", "Import a timetable file (CSV or XLSX); with dry_run only tell what it would do")
	upload.MaxBodyBytes = MaxUpload
	upload.BodyReadTimeout = uploadLimit
	serve(a, h, mayImport(), upload, func(ctx context.Context, by schedule.Grants, in *struct {
		ConsoleCall
		Rehearsal
		Reason
		Name     string `query:"name" maxLength:"200" doc:"name of the file"`
		Revision int64  `query:"revision" minimum:"0" required:"true" doc:"of the timetable that the file is compared with"`
		RawBody  []byte `contentType:"application/octet-stream"`
	},
	) (*body[protocol.Outcome], error) {
		out, err := a.deps.Desk.Import(ctx, by, Upload{Name: in.Name, Revision: in.Revision, File: in.RawBody, DryRun: in.DryRun, Reason: in.Reason.Reason})
		return ok(out, err)
	})

	serve(a, h, need{schedule.RightCoordinator, schedule.ScopeEdit}, operation("edit", http.MethodPost, ofEvent+"edits", "Change the timetable; with dry_run only tell what it would do"),
		func(ctx context.Context, by schedule.Grants, in *struct {
			ConsoleCall
			Rehearsal
			Body protocol.EditRequest
		},
		) (*body[protocol.Outcome], error) {
			out, err := a.deps.Desk.Edit(ctx, by, in.Body, in.DryRun)
			return ok(out, err)
		})

	serve(a, h, need{schedule.RightViewer, schedule.ScopeTimetable}, operation("edit-log", http.MethodGet, ofEvent+"edits", "Who changed what, newest first"),
		func(ctx context.Context, by schedule.Grants, in *struct {
			ConsoleCall
			Before string `query:"before" maxLength:"64" doc:"next of the page before"`
			Limit  int    `query:"limit" minimum:"1" maximum:"200" default:"50"`
		},
		) (*body[protocol.EditLog], error) {
			out, err := a.deps.Desk.Edits(ctx, by, in.Before, in.Limit)
			return ok(out, err)
		})

	serve(a, h, need{schedule.RightCoordinator, schedule.ScopeEdit}, operation("extend", http.MethodPost, ofEvent+"consultations/{consultation}/extend", "Prolong a consultation; with dry_run only tell whom that delays"),
		func(ctx context.Context, by schedule.Grants, in *struct {
			OnConsultation
			Rehearsal
			Body protocol.ExtendRequest
		},
		) (*body[protocol.Extension], error) {
			out, err := a.deps.Desk.Extend(ctx, by, schedule.ConsultationID(in.Consultation), in.Body, in.DryRun)
			return ok(out, err)
		})

	serve(a, h, need{schedule.RightCoordinator, ""}, operation("verdict", http.MethodPost, ofEvent+"consultations/{consultation}/verdict", "Say how a consultation went"),
		func(ctx context.Context, by schedule.Grants, in *struct {
			OnConsultation
			Body protocol.VerdictRequest
		},
		) (*body[protocol.VerdictRecord], error) {
			out, err := a.deps.Desk.Verdict(ctx, by, schedule.ConsultationID(in.Consultation), in.Body)
			return ok(out, err)
		})
}

// mayImport is asked before a file is read, too.
func mayImport() need { return need{schedule.RightCoordinator, schedule.ScopeEdit} }

// uploadLimit is how long a file may be on its way from a slow line; it is
// longer than other requests may take.
const uploadLimit = 30 * time.Second
