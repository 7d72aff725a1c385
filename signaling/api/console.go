package api

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"sangdam/rooms/schedule"
	"sangdam/signaling/protocol"
)

// consoleRoutes are what coordinators do while consultations go on, beside what
// they do over their sockets.
func (a *API) consoleRoutes(h huma.API) {
	coordinator := need{schedule.RightCoordinator, ""}
	serve(a, h, need{schedule.RightViewer, schedule.ScopeBoard}, operation("board", http.MethodGet, ofEvent+"board", "All consultations as they are now, booths, notes, and who is at a console"),
		func(ctx context.Context, by schedule.Grants, _ *struct{ ConsoleCall }) (*body[protocol.Board], error) {
			out, err := a.deps.Board(ctx, by.Event)
			return ok(out, err)
		})
	const on = ofEvent + "consultations/{consultation}/"
	serve(a, h, need{schedule.RightViewer, ""}, operation("script", http.MethodGet, on+"script", "How to find who is missing, and what can be offered instead"),
		func(ctx context.Context, by schedule.Grants, in *OnConsultation) (*body[protocol.Script], error) {
			out, err := a.deps.Desk.Script(ctx, by, schedule.ConsultationID(in.Consultation))
			return ok(out, err)
		})
	serve(a, h, coordinator, operation("contact", http.MethodPost, on+"contacts", "Log a try to reach somebody who is missing"),
		func(ctx context.Context, by schedule.Grants, in *struct {
			OnConsultation
			Body protocol.ContactRequest
		},
		) (*body[protocol.Contacted], error) {
			out, err := a.deps.Desk.Contact(ctx, by, schedule.ConsultationID(in.Consultation), in.Body)
			return ok(out, err)
		})
	serve(a, h, coordinator, silent("care", on+"care", "Take care of a consultation, or let go of it"),
		func(ctx context.Context, by schedule.Grants, in *struct {
			OnConsultation
			Body protocol.CareRequest
		},
		) (*struct{}, error) {
			return nil, a.deps.Desk.Care(ctx, by, schedule.ConsultationID(in.Consultation), in.Body)
		})
	serve(a, h, coordinator, operation("hand-over", http.MethodPost, ofEvent+"handover", "Give all that one takes care of to another coordinator, who is at a console"),
		func(ctx context.Context, by schedule.Grants, in *struct {
			ConsoleCall
			Body protocol.HandOverRequest
		},
		) (*body[protocol.HandedOver], error) {
			out, err := a.deps.Desk.HandOver(ctx, by, in.Body)
			return ok(out, err)
		})
	serve(a, h, coordinator, silent("end", on+"end", "End a consultation whose doors are open"),
		func(ctx context.Context, by schedule.Grants, in *struct {
			OnConsultation
			Body protocol.Reasoned
		},
		) (*struct{}, error) {
			return nil, a.deps.Desk.End(ctx, by, schedule.ConsultationID(in.Consultation), in.Body)
		})
	serve(a, h, coordinator, silent("paper", on+"papers", "Type in attendance that was written on paper"),
		func(ctx context.Context, by schedule.Grants, in *struct {
			OnConsultation
			Body protocol.PaperRequest
		},
		) (*struct{}, error) {
			return nil, a.deps.Desk.Paper(ctx, by, schedule.ConsultationID(in.Consultation), in.Body)
		})
	serve(a, h, need{schedule.RightAdministrator, ""}, operation("erase", http.MethodPost, ofEvent+"erasures", "Take a person's name, contacts, words and chat away; counts and the ledger's chain stay"),
		func(ctx context.Context, by schedule.Grants, in *struct {
			ConsoleCall
			Body protocol.EraseRequest
		},
		) (*body[protocol.Erasure], error) {
			out, err := a.deps.Desk.Erase(ctx, by, in.Body)
			return ok(out, err)
		})
}

// silent is an operation that answers nothing but that it was done.
func silent(id, path, summary string) huma.Operation {
	o := operation(id, http.MethodPost, path, summary)
	o.DefaultStatus = http.StatusNoContent
	return o
}
