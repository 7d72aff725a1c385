package api

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"sangdam/rooms/schedule"
	"sangdam/signaling/protocol"
)

const (
	calendarType = "text/calendar; charset=utf-8"
	csvType      = "text/csv; charset=utf-8"
	svgType      = "image/svg+xml"
)

// OnLink is what a request about one link has.
type OnLink struct {
	ConsoleCall
	Link string `path:"link" maxLength:"64"`
}

// OnLinkWhy is what a request has that ends a link.
type OnLinkWhy struct {
	OnLink
	Reason
}

func (a *API) linkRoutes(h huma.API) {
	serve(a, h, need{schedule.RightCoordinator, schedule.ScopeEdit}, operation("links", http.MethodGet, ofEvent+"links", "All links of the event, with their addresses"),
		func(ctx context.Context, by schedule.Grants, in *struct{ ConsoleCall }) (*body[protocol.Links], error) {
			out, err := a.deps.Desk.Links(ctx, by)
			return ok(out, err)
		})
	serve(a, h, need{schedule.RightCoordinator, schedule.ScopeEdit}, operation("add-link", http.MethodPost, ofEvent+"links", "Make a link for a colleague or a further coordinator"),
		func(ctx context.Context, by schedule.Grants, in *struct {
			ConsoleCall
			Body protocol.AddLink
		},
		) (*body[protocol.LinkInfo], error) {
			out, err := a.deps.Desk.AddLink(ctx, by, in.Body)
			return ok(out, err)
		})
	serve(a, h, need{schedule.RightCoordinator, schedule.ScopeEdit}, operation("revoke-link", http.MethodPost, ofEvent+"links/{link}/revoke", "Make a link worthless; whoever came by it is out"),
		func(ctx context.Context, by schedule.Grants, in *OnLinkWhy) (*body[protocol.LinkInfo], error) {
			out, err := a.deps.Desk.Revoke(ctx, by, schedule.LinkID(in.Link), in.Reason.Reason)
			return ok(out, err)
		})
	serve(a, h, need{schedule.RightCoordinator, schedule.ScopeEdit}, operation("reissue-link", http.MethodPost, ofEvent+"links/{link}/reissue", "Give a link a new secret; the former one is worthless"),
		func(ctx context.Context, by schedule.Grants, in *OnLinkWhy) (*body[protocol.LinkInfo], error) {
			out, err := a.deps.Desk.Reissue(ctx, by, schedule.LinkID(in.Link), in.Reason.Reason)
			return ok(out, err)
		})
	serve(a, h, need{schedule.RightCoordinator, ""}, operation("link-devices", http.MethodGet, ofEvent+"links/{link}/devices", "What a link's encoder and wall screen are set to"),
		func(ctx context.Context, by schedule.Grants, in *OnLink) (*body[protocol.DeviceAccess], error) {
			out, err := a.deps.Desk.LinkDevices(ctx, by, schedule.LinkID(in.Link))
			return ok(out, err)
		})
	serve(a, h, need{schedule.RightCoordinator, ""}, operation("mail-links", http.MethodPost, ofEvent+"links/mail", "Mail invitations; with dry_run only show them"),
		func(ctx context.Context, by schedule.Grants, in *struct {
			ConsoleCall
			Rehearsal
			Body protocol.MailRequest
		},
		) (*body[protocol.MailReport], error) {
			out, err := a.deps.Desk.Mail(ctx, by, in.Body, in.DryRun)
			return ok(out, err)
		})
	serve(a, h, need{schedule.RightCoordinator, schedule.ScopeEdit}, fileOperation("links-csv", http.MethodGet, ofEvent+"links.csv", "All links, for a mail merge", "text/csv"),
		func(ctx context.Context, by schedule.Grants, in *struct{ ConsoleCall }) (*file, error) {
			b, err := a.deps.Desk.LinksCSV(ctx, by)
			if err == nil { // everybody's way in, and how to reach them
				a.acted(by, schedule.ActionReport, "links.csv")
			}
			return download(csvType, "links-"+in.Event+".csv", b, err)
		})
	// It leads into the rooms as its holder: whoever may not be told the link may
	// not have it.
	serve(a, h, need{schedule.RightCoordinator, schedule.ScopeEdit}, fileOperation("link-calendar", http.MethodGet, ofEvent+"links/{link}/calendar.ics", "The calendar of a link's holder", "text/calendar"),
		func(ctx context.Context, by schedule.Grants, in *OnLink) (*file, error) {
			b, err := a.deps.Desk.Calendar(ctx, by, schedule.LinkID(in.Link))
			return download(calendarType, "calendar-"+in.Link+".ics", b, err)
		})
	serve(a, h, need{schedule.RightViewer, schedule.ScopeTimetable}, operation("readiness", http.MethodGet, ofEvent+"readiness", "How ready everybody is"),
		func(ctx context.Context, by schedule.Grants, in *struct{ ConsoleCall }) (*body[protocol.ReadinessBoard], error) {
			out, err := a.deps.Desk.Readiness(ctx, by)
			return ok(out, err)
		})
}

func (a *API) ownRoutes(h huma.API) {
	huma.Register(h, fileOperation("qr", http.MethodPost, "qr", "A link of this server as a QR code (SVG)", svgType),
		func(ctx context.Context, in *struct {
			OwnCall
			Body protocol.QRRequest
		},
		) (*file, error) {
			const route = "qr"
			by, err := a.own(ctx, in.OwnCall)
			if err != nil {
				return nil, a.fail(ctx, route, err)
			}
			b, err := a.deps.Own.QR(ctx, by, in.Body)
			if err != nil {
				return nil, a.fail(ctx, route, err)
			}
			return download(svgType, "link.svg", b, nil)
		})
	huma.Register(h, fileOperation("my-calendar", http.MethodGet, "me/calendar.ics", "The calendar of the link's holder", "text/calendar"),
		func(ctx context.Context, in *struct{ OwnCall }) (*file, error) {
			const route = "my-calendar"
			by, err := a.own(ctx, in.OwnCall)
			if err != nil {
				return nil, a.fail(ctx, route, err)
			}
			b, err := a.deps.Own.MyCalendar(ctx, by)
			if err != nil {
				return nil, a.fail(ctx, route, err)
			}
			return download(calendarType, "consultations.ics", b, nil)
		})
	huma.Register(h, operation("my-devices", http.MethodGet, "me/devices", "What the own encoder and wall screen are set to"),
		func(ctx context.Context, in *struct{ OwnCall }) (*body[protocol.DeviceAccess], error) {
			const route = "my-devices"
			by, err := a.own(ctx, in.OwnCall)
			if err != nil {
				return nil, a.fail(ctx, route, err)
			}
			out, err := a.deps.Own.MyDevices(ctx, by)
			if err != nil {
				return nil, a.fail(ctx, route, err)
			}
			return ok(out, nil)
		})
	test := operation("my-readiness", http.MethodPost, "me/readiness", "Tell what the lobby's test found")
	test.DefaultStatus = http.StatusNoContent
	huma.Register(h, test, func(ctx context.Context, in *struct {
		OwnCall
		Body protocol.Readiness
	},
	) (*struct{}, error) {
		const route = "my-readiness"
		by, err := a.own(ctx, in.OwnCall)
		if err == nil {
			err = a.deps.Own.Test(ctx, by, in.Body)
		}
		if err != nil {
			return nil, a.fail(ctx, route, err)
		}
		return nil, nil
	})
	huma.Register(h, operation("my-consent", http.MethodPost, "me/consent", "Say yes to what is recorded"),
		func(ctx context.Context, in *struct {
			OwnCall
			Body protocol.ConsentRequest
		},
		) (*body[protocol.Consent], error) {
			const route = "my-consent"
			by, err := a.own(ctx, in.OwnCall)
			if err != nil {
				return nil, a.fail(ctx, route, err)
			}
			out, err := a.deps.Own.Agree(ctx, by, in.Body)
			if err != nil {
				return nil, a.fail(ctx, route, err)
			}
			return ok(out, nil)
		})
}
