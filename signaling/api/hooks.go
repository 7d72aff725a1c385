package api

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"sangdam/rooms/schedule"
	"sangdam/signaling/protocol"
)

// Hooks is what the administrators' routes of webhooks answer from.
type Hooks interface {
	List(ctx context.Context, by schedule.Grants) (protocol.Hooks, error)
	Make(ctx context.Context, by schedule.Grants, in protocol.NewHook) (protocol.Hook, error)
	Delete(ctx context.Context, by schedule.Grants, id string) error
	Deliveries(ctx context.Context, by schedule.Grants, id string) (protocol.Deliveries, error)
	Replay(ctx context.Context, by schedule.Grants, id, delivery string) (protocol.Delivery, error)
}

// HookCall is what every request about one webhook has.
type HookCall struct {
	ConsoleCall
	Hook string `path:"hook" maxLength:"64"`
}

func (a *API) hooksRoutes(h huma.API) {
	administrator := need{right: schedule.RightAdministrator}

	serve(a, h, administrator, operation("hooks", http.MethodGet, ofEvent+"hooks", "The webhooks of an event"),
		func(ctx context.Context, by schedule.Grants, _ *struct{ ConsoleCall }) (*body[protocol.Hooks], error) {
			return ok(a.deps.Hooks.List(ctx, by))
		})

	serve(a, h, administrator, operation("add-hook", http.MethodPost, ofEvent+"hooks", "Add a webhook; its secret is told here alone"),
		func(ctx context.Context, by schedule.Grants, in *struct {
			ConsoleCall
			Body protocol.NewHook
		},
		) (*body[protocol.Hook], error) {
			out, err := a.deps.Hooks.Make(ctx, by, in.Body)
			if err == nil {
				a.acted(by, schedule.ActionHook, "made "+out.ID)
			}
			return ok(out, err)
		})

	remove := operation("delete-hook", http.MethodDelete, ofEvent+"hooks/{hook}", "Forget a webhook")
	remove.DefaultStatus = http.StatusNoContent
	serve(a, h, administrator, remove, func(ctx context.Context, by schedule.Grants, in *HookCall) (*struct{}, error) {
		err := a.deps.Hooks.Delete(ctx, by, in.Hook)
		if err == nil {
			a.acted(by, schedule.ActionHook, "deleted "+in.Hook)
		}
		return nil, err
	})

	serve(a, h, administrator, operation("deliveries", http.MethodGet, ofEvent+"hooks/{hook}/deliveries", "What a webhook was told last"),
		func(ctx context.Context, by schedule.Grants, in *HookCall) (*body[protocol.Deliveries], error) {
			return ok(a.deps.Hooks.Deliveries(ctx, by, in.Hook))
		})

	serve(a, h, administrator, operation("replay-delivery", http.MethodPost, ofEvent+"hooks/{hook}/deliveries/{delivery}/replay", "Tell a webhook again"),
		func(ctx context.Context, by schedule.Grants, in *struct {
			HookCall
			Delivery string `path:"delivery" maxLength:"64"`
		},
		) (*body[protocol.Delivery], error) {
			out, err := a.deps.Hooks.Replay(ctx, by, in.Hook, in.Delivery)
			if err == nil {
				a.acted(by, schedule.ActionHook, "replayed "+in.Hook)
			}
			return ok(out, err)
		})
}
