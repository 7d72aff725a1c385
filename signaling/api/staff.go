package api

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"sangdam/rooms/schedule"
	"sangdam/signaling/auth"
	"sangdam/signaling/protocol"
	"sangdam/signaling/staff"
)

// Staff is what the routes of sign-in, accounts, keys and the audit log answer
// from: *staff.Office.
type Staff interface {
	Ways(ctx context.Context, v auth.Visitor) (protocol.SignInWays, error)
	SignIn(ctx context.Context, cookie string, v auth.Visitor, in protocol.SignIn) (string, error)
	SignOut(ctx context.Context, cookie string) error
	BeginOpenID(ctx context.Context, v auth.Visitor) (to, flow string, err error)
	FinishOpenID(ctx context.Context, cookie, flow, state, code string, v auth.Visitor) (string, error)
	Me(ctx context.Context, cookie string) (protocol.Me, error)
	OwnSessions(ctx context.Context, cookie string) (protocol.StaffSessions, error)
	EndOwnSession(ctx context.Context, cookie, session string) error
	ChangePassphrase(ctx context.Context, cookie string, v auth.Visitor, in protocol.ChangePassphrase) error

	Accounts(ctx context.Context, by schedule.Grants) (protocol.Accounts, error)
	NewAccount(ctx context.Context, by schedule.Grants, in protocol.NewAccount) (protocol.AccountMade, error)
	ChangeAccount(ctx context.Context, by schedule.Grants, id string, in protocol.ChangeAccount) (protocol.AccountMade, error)
	EndSession(ctx context.Context, by schedule.Grants, id, session string) error
	Keys(ctx context.Context, by schedule.Grants) (protocol.Keys, error)
	NewKey(ctx context.Context, by schedule.Grants, in protocol.NewKey) (protocol.Key, error)
	RevokeKey(ctx context.Context, by schedule.Grants, id string) (protocol.Key, error)
	Audit(ctx context.Context, by schedule.Grants, f staff.Filter) (protocol.AuditLog, error)
	AuditCSV(ctx context.Context, by schedule.Grants, f staff.Filter) ([]byte, error)
	HouseAudit(ctx context.Context, by schedule.Grants, f staff.Filter) (protocol.AuditLog, error)
	HouseAuditCSV(ctx context.Context, by schedule.Grants, f staff.Filter) ([]byte, error)
}

// signed is a reply without a body that sets cookies.
type signed struct {
	Status   int
	Location string   `header:"Location"`
	Cookies  []string `header:"Set-Cookie"`
}

// cookieRoute registers a route by cookie.
func cookieRoute[I, O any](a *API, h huma.API, o huma.Operation, do func(ctx context.Context, v visit, in *I) (*O, error)) {
	o.MaxBodyBytes = 4 << 10
	o.Security = []map[string][]string{{"cookie": {}}}
	huma.Register(h, o, func(ctx context.Context, in *I) (*O, error) {
		out, err := do(ctx, visitOf(ctx), in)
		if err != nil {
			return nil, a.fail(ctx, o.OperationID, err)
		}
		return out, nil
	})
}

func empty(o huma.Operation) huma.Operation {
	o.DefaultStatus = http.StatusNoContent
	return o
}

type nothing struct{}

func (a *API) signInRoutes(h huma.API) {
	h.OpenAPI().Components.SecuritySchemes["cookie"] = &huma.SecurityScheme{
		Type: "apiKey", In: "cookie", Name: nameOf(cookieName, true),
		Description: "Set by sign-in; over plain http it is called " + cookieName + ". Good for /api/v1/staff/ and /api/v1/sign- alone, and from pages of this server alone.",
	}
	cookieRoute(a, h, operation("sign-in-ways", http.MethodGet, "sign-in", "How staff can sign in here"),
		func(ctx context.Context, v visit, _ *nothing) (*body[protocol.SignInWays], error) {
			return ok(a.deps.Staff.Ways(ctx, v.Visitor))
		})
	cookieRoute(a, h, empty(operation("sign-in", http.MethodPost, "sign-in", "Sign in by passphrase; the reply sets a cookie")),
		func(ctx context.Context, v visit, in *struct{ Body protocol.SignIn }) (*signed, error) {
			cookie, err := a.deps.Staff.SignIn(ctx, v.cookie, v.Visitor, in.Body)
			if err != nil {
				return nil, err
			}
			return &signed{Status: http.StatusNoContent, Cookies: []string{v.setSession(cookie)}}, nil
		})
	cookieRoute(a, h, empty(operation("sign-out", http.MethodPost, "sign-out", "End the sign-in of this browser and all that it opened")),
		func(ctx context.Context, v visit, _ *nothing) (*signed, error) {
			if err := a.deps.Staff.SignOut(ctx, v.cookie); err != nil {
				return nil, err
			}
			return &signed{Status: http.StatusNoContent, Cookies: []string{v.setSession("")}}, nil
		})

	begin := operation("sign-in-openid", http.MethodGet, "sign-in/openid", "Go to the provider of OpenID Connect, if there is one")
	begin.DefaultStatus = http.StatusFound
	cookieRoute(a, h, begin, func(ctx context.Context, v visit, _ *nothing) (*signed, error) {
		to, flow, err := a.deps.Staff.BeginOpenID(ctx, v.Visitor)
		if err != nil {
			return a.back(ctx, "sign-in-openid", v, err), nil
		}
		return &signed{Status: http.StatusFound, Location: to, Cookies: []string{v.setFlow(flow)}}, nil
	})
	back := operation("sign-in-openid-back", http.MethodGet, "sign-in/openid/callback", "Where the provider sends the browser back to")
	back.DefaultStatus = http.StatusSeeOther
	cookieRoute(a, h, back, func(ctx context.Context, v visit, in *struct {
		State string `query:"state" maxLength:"200"`
		Code  string `query:"code" maxLength:"4096"`
	},
	) (*signed, error) {
		cookie, err := a.deps.Staff.FinishOpenID(ctx, v.cookie, v.flow, in.State, in.Code, v.Visitor)
		if err != nil {
			return a.back(ctx, "sign-in-openid-back", v, err), nil
		}
		return &signed{Status: http.StatusSeeOther, Location: "/console", Cookies: []string{v.setSession(cookie), v.setFlow("")}}, nil
	})
}

// back leads a person, who looks at no JSON, to the page that says what was
// wrong.
func (a *API) back(ctx context.Context, route string, v visit, err error) *signed {
	code := protocol.AsFault(err).Code
	_ = a.fail(ctx, route, err) // for its log
	return &signed{Status: http.StatusSeeOther, Location: "/sign-in?problem=" + string(code), Cookies: []string{v.setFlow("")}}
}

func (a *API) staffRoutes(h huma.API) {
	cookieRoute(a, h, operation("me", http.MethodGet, "staff/me", "Who has signed in, and which events there are"),
		func(ctx context.Context, v visit, _ *nothing) (*body[protocol.Me], error) {
			return ok(a.deps.Staff.Me(ctx, v.cookie))
		})
	cookieRoute(a, h, operation("open-event", http.MethodPost, "staff/open", "Exchange a sign-in for the session token of a tab, and all that its page needs"),
		func(ctx context.Context, v visit, in *struct{ Body protocol.OpenEvent }) (*body[protocol.Bootstrap], error) {
			return ok(a.deps.OpenEvent(ctx, v.cookie, in.Body))
		})
	cookieRoute(a, h, empty(operation("change-passphrase", http.MethodPost, "staff/passphrase", "Change the own passphrase; other sign-ins of the account end")),
		func(ctx context.Context, v visit, in *struct{ Body protocol.ChangePassphrase }) (*nothing, error) {
			return nil, a.deps.Staff.ChangePassphrase(ctx, v.cookie, v.Visitor, in.Body)
		})
	cookieRoute(a, h, operation("own-sessions", http.MethodGet, "staff/sessions", "The own sign-ins"),
		func(ctx context.Context, v visit, _ *nothing) (*body[protocol.StaffSessions], error) {
			return ok(a.deps.Staff.OwnSessions(ctx, v.cookie))
		})
	cookieRoute(a, h, empty(operation("end-own-session", http.MethodPost, "staff/sessions/{session}/end", "End an own sign-in")),
		func(ctx context.Context, v visit, in *struct {
			Session string `path:"session" maxLength:"64"`
		},
		) (*nothing, error) {
			return nil, a.deps.Staff.EndOwnSession(ctx, v.cookie, in.Session)
		})
}

// houseRoute registers a route of administrators of the whole installation.
// Whether somebody is one is for the Office to say: the account is read anew.
func houseRoute[I interface{ token() string }, O any](a *API, h huma.API, o huma.Operation, do func(ctx context.Context, by schedule.Grants, in *I) (*O, error)) {
	o.Description = "Needs the right administrator of all events."
	huma.Register(h, o, func(ctx context.Context, in *I) (*O, error) {
		by, err := a.bearer(ctx, (*in).token())
		if err == nil && !by.May(schedule.RightAdministrator) {
			err = protocol.Fail(protocol.CodeForbidden)
		}
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

func (c OwnCall) token() string { return c.Auth }

// OnAccount is what a request about one account has.
type OnAccount struct {
	OwnCall
	Account string `path:"account" maxLength:"64"`
}

func (a *API) accountRoutes(h huma.API) {
	houseRoute(a, h, operation("accounts", http.MethodGet, "accounts", "All accounts of staff and their sign-ins"),
		func(ctx context.Context, by schedule.Grants, _ *struct{ OwnCall }) (*body[protocol.Accounts], error) {
			return ok(a.deps.Staff.Accounts(ctx, by))
		})
	houseRoute(a, h, operation("add-account", http.MethodPost, "accounts", "Make an account; a passphrase that is made here is told once"),
		func(ctx context.Context, by schedule.Grants, in *struct {
			OwnCall
			Body protocol.NewAccount
		},
		) (*body[protocol.AccountMade], error) {
			return ok(a.deps.Staff.NewAccount(ctx, by, in.Body))
		})
	houseRoute(a, h, operation("change-account", http.MethodPatch, "accounts/{account}", "Change what is set; a change of right, events, passphrase or of being disabled ends its sign-ins"),
		func(ctx context.Context, by schedule.Grants, in *struct {
			OnAccount
			Body protocol.ChangeAccount
		},
		) (*body[protocol.AccountMade], error) {
			return ok(a.deps.Staff.ChangeAccount(ctx, by, in.Account, in.Body))
		})
	houseRoute(a, h, empty(operation("end-session", http.MethodPost, "accounts/{account}/sessions/{session}/end", "End a sign-in and all that it opened")),
		func(ctx context.Context, by schedule.Grants, in *struct {
			OnAccount
			Session string `path:"session" maxLength:"64"`
		},
		) (*nothing, error) {
			return nil, a.deps.Staff.EndSession(ctx, by, in.Account, in.Session)
		})
	logged := fileAlso(operation("house-audit", http.MethodGet, "audit", "What happened to the installation: sign-ins, accounts; newest first"))
	houseRoute(a, h, logged, func(ctx context.Context, by schedule.Grants, in *struct {
		OwnCall
		Filter
	},
	) (*attendanceOutput, error) {
		if in.Format == "csv" {
			b, err := a.deps.Staff.HouseAuditCSV(ctx, by, in.filter())
			return asCSV("audit.csv", b, err)
		}
		out, err := a.deps.Staff.HouseAudit(ctx, by, in.filter())
		if err != nil {
			return nil, err
		}
		return asJSON(out)
	})
}

// Filter (exported, as huma wants what it embeds) is what the audit log is asked for.
type Filter struct {
	By           string `query:"by" maxLength:"64" doc:"id of an account, link or key"`
	Action       string `query:"action" maxLength:"32" doc:"one of AuditAction"`
	Consultation string `query:"consultation" maxLength:"64"`
	Day          string `query:"day" maxLength:"10" doc:"YYYY-MM-DD in the event's zone"`
	Before       string `query:"before" maxLength:"64" doc:"next of the page before; a page may be short and still have one"`
	Limit        int    `query:"limit" minimum:"1" maximum:"500" default:"100"`
	Format       string `query:"format" enum:"json,csv" doc:"csv: all at once"`
}

func (f Filter) filter() staff.Filter {
	return staff.Filter{By: f.By, Action: f.Action, Consultation: f.Consultation, Day: f.Day, Before: f.Before, Limit: f.Limit}
}

// fileAlso documents that an audit log comes as JSON or as CSV.
func fileAlso(o huma.Operation) huma.Operation {
	o.Responses["200"] = jsonResponse[protocol.AuditLog]("The audit log")
	o.Responses["200"].Content["text/csv"] = &huma.MediaType{Schema: &huma.Schema{Type: huma.TypeString}}
	return o
}

func asCSV(name string, b []byte, err error) (*attendanceOutput, error) {
	if err != nil {
		return nil, err
	}
	return &attendanceOutput{ContentType: csvType, Disposition: `attachment; filename="` + name + `"`, Body: b}, nil
}

func (a *API) keyRoutes(h huma.API) {
	administrator := need{schedule.RightAdministrator, ""}
	serve(a, h, administrator, operation("keys", http.MethodGet, ofEvent+"keys", "The API keys of the event"),
		func(ctx context.Context, by schedule.Grants, _ *struct{ ConsoleCall }) (*body[protocol.Keys], error) {
			return ok(a.deps.Staff.Keys(ctx, by))
		})
	serve(a, h, administrator, operation("add-key", http.MethodPost, ofEvent+"keys", "Make an API key; its secret is told once"),
		func(ctx context.Context, by schedule.Grants, in *struct {
			ConsoleCall
			Body protocol.NewKey
		},
		) (*body[protocol.Key], error) {
			return ok(a.deps.Staff.NewKey(ctx, by, in.Body))
		})
	serve(a, h, administrator, operation("revoke-key", http.MethodPost, ofEvent+"keys/{key}/revoke", "Make an API key worthless"),
		func(ctx context.Context, by schedule.Grants, in *struct {
			ConsoleCall
			Key string `path:"key" maxLength:"64"`
		},
		) (*body[protocol.Key], error) {
			return ok(a.deps.Staff.RevokeKey(ctx, by, in.Key))
		})
	logged := fileAlso(operation("audit", http.MethodGet, ofEvent+"audit", "What staff did in the event, newest first"))
	serve(a, h, need{schedule.RightViewer, schedule.ScopeRecords}, logged, func(ctx context.Context, by schedule.Grants, in *struct {
		ConsoleCall
		Filter
	},
	) (*attendanceOutput, error) {
		if in.Format == "csv" {
			b, err := a.deps.Staff.AuditCSV(ctx, by, in.filter())
			return asCSV("audit-"+in.Event+".csv", b, err)
		}
		out, err := a.deps.Staff.Audit(ctx, by, in.filter())
		if err != nil {
			return nil, err
		}
		return asJSON(out)
	})
}
