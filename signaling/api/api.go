// Package api is the REST side of the edge: links are opened here for a session
// token, records are exported, a closing page says goodbye.
//
// API owns the routes and the OpenAPI document; everything it tells comes from
// the functions in Deps. Letting the handlers reach into rooms and store was
// rejected: the document must be made without a server.
package api

import (
	"context"
	"net/http"
	"net/netip"
	"strconv"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"sangdam/rooms/schedule"
	"sangdam/signaling/protocol"
)

// Deps are what the routes answer from. Errors that are no *protocol.Fault are
// told as CodeInternal.
type Deps struct {
	// OpenLink exchanges a link's secret for all that a page needs.
	OpenLink func(ctx context.Context, link schedule.LinkID, in protocol.OpenLink, from netip.Addr) (protocol.Bootstrap, error)
	// Grants tells what a session token allows.
	Grants func(ctx context.Context, token string) (schedule.Grants, error)
	// Attendance derives an event's attendance from the ledger.
	Attendance func(ctx context.Context, event schedule.EventID) (protocol.Attendance, error)
	// AttendanceCSV is the same for spreadsheets.
	AttendanceCSV func(ctx context.Context, event schedule.EventID) ([]byte, error)
	// Reports writes what is known of an event.
	Reports Reports
	// Staff is the work on who works here.
	Staff Staff
	// OpenEvent exchanges the cookie of who has signed in for all that a page needs.
	OpenEvent func(ctx context.Context, cookie string, in protocol.OpenEvent) (protocol.Bootstrap, error)
	// Site is how this server is reached.
	Site Site
	// Board is what a console sees of an event, once.
	Board func(ctx context.Context, event schedule.EventID) (protocol.Board, error)
	// Desk is the coordinators' work on an event.
	Desk Desk
	// Own is what everybody may ask about themselves.
	Own Own
	// Hooks are the administrators' webhooks.
	Hooks Hooks
	// Acted puts into the audit log what somebody of the staff did, and to what;
	// nil: there is none (tests of the document).
	Acted func(by schedule.Grants, a schedule.Action, c schedule.ConsultationID, what, why string)
	// Bye ends the session of a page that is being closed.
	Bye func(ctx context.Context, in protocol.Bye)
	// Restart mends the media of a session whose socket is gone or may be.
	Restart func(ctx context.Context, session string, in protocol.RestartSession, from netip.Addr) (protocol.Restarted, error)
	// Failed hears of faults that are ours (status 500 and above), to log them.
	Failed func(ctx context.Context, route string, f *protocol.Fault)
	// Addr tells whom a request comes from.
	Addr func(*http.Request) netip.Addr
}

// API serves everything below /api/.
type API struct {
	// Fixed after New.
	deps Deps
	mux  *http.ServeMux
	doc  *huma.OpenAPI
}

// requestLimit is how long a REST request may take.
const requestLimit = 10 * time.Second

// New makes the routes.
func New(deps Deps) *API {
	a := &API{deps: deps, mux: http.NewServeMux()}
	h := humago.New(a.mux, config())
	a.doc = h.OpenAPI()

	huma.Register(h, huma.Operation{
		OperationID:  "open-link",
		Method:       http.MethodPost,
		Path:         "/api/v1/links/{id}/open",
		Summary:      "Exchange a link's secret for a session token and all that a page needs",
		MaxBodyBytes: 4 << 10,
		Responses:    problemResponses(),
	}, a.openLink)
	huma.Register(h, huma.Operation{
		OperationID:   "bye",
		Method:        http.MethodPost,
		Path:          byePath,
		Summary:       "End the session of a page that is being closed",
		MaxBodyBytes:  1 << 10,
		DefaultStatus: http.StatusNoContent,
		Responses:     problemResponses(),
	}, a.bye)
	huma.Register(h, huma.Operation{
		OperationID:  "restart",
		Method:       http.MethodPost,
		Path:         sessionsPath + "{session}/restart",
		Summary:      "Mend the media of a session, as the restart message does",
		MaxBodyBytes: protocol.MaxOfferMessage,
		Responses:    problemResponses(),
	}, a.restart)
	attendance := problemResponses()
	attendance["200"] = jsonResponse[protocol.Attendance]("The attendance")
	attendance["200"].Content["text/csv"] = &huma.MediaType{Schema: &huma.Schema{Type: huma.TypeString}}
	h.OpenAPI().Components.SecuritySchemes = map[string]*huma.SecurityScheme{
		"token": {Type: "http", Scheme: "bearer"},
	}
	record := operation("attendance", http.MethodGet, ofEvent+"attendance", "Who was there, when, as the ledger tells")
	record.Responses = attendance
	serve(a, h, need{schedule.RightViewer, schedule.ScopeRecords}, record, a.attendance)
	a.timetableRoutes(h)
	a.linkRoutes(h)
	a.consoleRoutes(h)
	a.ownRoutes(h)
	a.hooksRoutes(h)
	a.reportRoutes(h)
	a.signInRoutes(h)
	a.staffRoutes(h)
	a.accountRoutes(h)
	a.keyRoutes(h)
	complete(a.doc)

	spec, err := a.document()
	a.mux.HandleFunc("GET /api/v1/openapi.json", func(w http.ResponseWriter, _ *http.Request) {
		if err != nil {
			WriteProblem(w, &protocol.Fault{Code: protocol.CodeInternal, Cause: err})
			return
		}
		w.Header().Set("Content-Type", "application/openapi+json")
		_, _ = w.Write(spec)
	})
	a.mux.HandleFunc("/api/", func(w http.ResponseWriter, _ *http.Request) {
		WriteProblem(w, protocol.Fail(protocol.CodeNotFound))
	})
	return a
}

// ServeHTTP answers one request; nothing of it may be cached.
func (a *API) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Cache-Control", "no-store")
	limit, upload := requestLimit, strings.HasSuffix(r.URL.Path, "/import")
	switch {
	case upload:
		limit = uploadLimit
	case slow(r.URL.Path):
		limit = reportLimit
	}
	ctx, cancel := context.WithTimeout(r.Context(), limit)
	defer cancel()
	if r.URL.Path == byePath {
		// sendBeacon sends a string as text/plain; it is JSON all the same.
		r.Header.Set("Content-Type", "application/json")
	}
	if a.deps.Addr != nil {
		ctx = context.WithValue(ctx, addrKey{}, a.deps.Addr(r))
	}
	if strings.HasPrefix(r.URL.Path, sessionsPath) && !a.deps.Site.ours(r) {
		WriteProblem(w, protocol.Fail(protocol.CodeOrigin))
		return
	}
	if byCookie(r.URL.Path) {
		from, _ := ctx.Value(addrKey{}).(netip.Addr)
		v, err := a.deps.Site.guard(r, from)
		if err != nil {
			WriteProblem(w, protocol.AsFault(err))
			return
		}
		ctx = context.WithValue(ctx, visitKey{}, v)
	}
	if upload { // no stranger's file is read into memory
		if g, err := a.bearer(ctx, r.Header.Get("Authorization")); err != nil {
			WriteProblem(w, protocol.AsFault(err))
			return
		} else if !mayImport().met(g) {
			WriteProblem(w, protocol.Fail(protocol.CodeForbidden))
			return
		}
	}
	a.mux.ServeHTTP(w, r.WithContext(ctx))
}

const (
	byePath      = "/api/v1/bye"
	sessionsPath = "/api/v1/sessions/"
)

type addrKey struct{}

type openLinkInput struct {
	ID   string `path:"id" maxLength:"64" doc:"the link's id, from its path"`
	Body protocol.OpenLink
}

type openLinkOutput struct{ Body protocol.Bootstrap }

func (a *API) openLink(ctx context.Context, in *openLinkInput) (*openLinkOutput, error) {
	from, _ := ctx.Value(addrKey{}).(netip.Addr)
	b, err := a.deps.OpenLink(ctx, schedule.LinkID(in.ID), in.Body, from)
	if err != nil {
		return nil, a.fail(ctx, "open-link", err)
	}
	return &openLinkOutput{Body: b}, nil
}

type byeInput struct{ Body protocol.Bye }

// bye answers the same whether there was such a session or not.
func (a *API) bye(ctx context.Context, in *byeInput) (*struct{}, error) {
	a.deps.Bye(ctx, in.Body)
	return nil, nil
}

type restartInput struct {
	Session string `path:"session" maxLength:"64" doc:"the session's id, from hello"`
	Body    protocol.RestartSession
}

// restart needs no token: whoever has the session's secret may resume it, too.
func (a *API) restart(ctx context.Context, in *restartInput) (*body[protocol.Restarted], error) {
	from, _ := ctx.Value(addrKey{}).(netip.Addr)
	out, err := a.deps.Restart(ctx, in.Session, in.Body, from)
	if err != nil {
		return nil, a.fail(ctx, "restart", err)
	}
	return &body[protocol.Restarted]{Body: out}, nil
}

type attendanceInput struct {
	ConsoleCall
	Format string `query:"format" enum:"json,csv" doc:"instead of Accept"`
	Accept string `header:"Accept"`
}

type attendanceOutput struct {
	ContentType string `header:"Content-Type"`
	Disposition string `header:"Content-Disposition"`
	Body        []byte
}

func (a *API) attendance(ctx context.Context, g schedule.Grants, in *attendanceInput) (*attendanceOutput, error) {
	if in.Format == "csv" || in.Format == "" && wantsCSV(in.Accept) {
		b, err := a.deps.AttendanceCSV(ctx, g.Event)
		if err != nil {
			return nil, err
		}
		a.acted(g, schedule.ActionReport, "attendance.csv")
		return &attendanceOutput{ContentType: typeCSV, Disposition: attachment("attendance-" + in.Event + ".csv"), Body: b}, nil
	}
	att, err := a.deps.Attendance(ctx, g.Event)
	if err != nil {
		return nil, err
	}
	a.acted(g, schedule.ActionReport, "attendance")
	return asJSON(att)
}

// wantsCSV is for programs that ask by Accept alone; browsers use ?format=csv.
func wantsCSV(accept string) bool {
	csv, json := strings.Index(accept, "text/csv"), strings.Index(accept, "application/json")
	return csv >= 0 && (json < 0 || csv < json)
}

// acted puts an act that has no place in a consultation into the audit log.
func (a *API) acted(by schedule.Grants, act schedule.Action, what string) {
	if a.deps.Acted != nil {
		a.deps.Acted(by, act, "", what, "")
	}
}

// fail turns any error into the problem that the client is told.
func (a *API) fail(ctx context.Context, route string, err error) error {
	f := protocol.AsFault(err)
	p := newProblem(f)
	if p.Status >= http.StatusInternalServerError && a.deps.Failed != nil {
		a.deps.Failed(ctx, route, f)
	}
	if f.RetryAfter > 0 {
		seconds := int64((f.RetryAfter + time.Second - 1) / time.Second)
		return huma.ErrorWithHeaders(p, http.Header{"Retry-After": {strconv.FormatInt(seconds, 10)}})
	}
	return p
}
