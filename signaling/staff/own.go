package staff

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"time"

	"sangdam/rooms/schedule"
	"sangdam/rooms/store"
	"sangdam/signaling/auth"
	"sangdam/signaling/protocol"
)

// Ways tells what the sign-in page can offer.
func (o *Office) Ways(ctx context.Context, v auth.Visitor) (protocol.SignInWays, error) {
	if err := o.limited(o.calls, auth.AddrKey(v.Addr), 1); err != nil {
		return protocol.SignInWays{}, err
	}
	all, err := o.deps.Store.Accounts(ctx)
	if err != nil {
		return protocol.SignInWays{}, fail(err)
	}
	ways := protocol.SignInWays{
		Trial: o.deps.Trial, Passphrase: slices.ContainsFunc(all, func(a schedule.Account) bool { return a.Hash != "" && !a.Disabled }),
	}
	if o.deps.OpenID != nil {
		ways.OpenID = o.deps.OpenID.Name()
	}
	return ways, nil
}

// SignIn begins a session and returns its cookie.
func (o *Office) SignIn(ctx context.Context, cookie string, v auth.Visitor, in protocol.SignIn) (string, error) {
	cookie, _, err := o.deps.Door.SignIn(ctx, in.Login, in.Passphrase, cookie, v)
	o.count(wayPassphrase, err)
	return cookie, err
}

// SignOut ends the session of a cookie.
func (o *Office) SignOut(ctx context.Context, cookie string) error {
	return o.deps.Door.SignOut(ctx, cookie)
}

// BeginOpenID returns where the browser goes to sign in, and the cookie that it
// takes along.
func (o *Office) BeginOpenID(ctx context.Context, v auth.Visitor) (to, flow string, err error) {
	if o.deps.OpenID == nil {
		return "", "", protocol.Fail(protocol.CodeNotFound)
	}
	if err := o.limited(o.calls, auth.AddrKey(v.Addr), 1); err != nil {
		return "", "", err
	}
	return o.deps.OpenID.Begin(ctx)
}

// FinishOpenID begins a session when the browser comes back from the provider.
func (o *Office) FinishOpenID(ctx context.Context, cookie, flow, state, code string, v auth.Visitor) (string, error) {
	if o.deps.OpenID == nil {
		return "", protocol.Fail(protocol.CodeNotFound)
	}
	cookie, err := o.deps.Door.SignInOpenID(ctx, o.deps.OpenID, state, code, flow, cookie, v)
	o.count(wayOpenID, err)
	return cookie, err
}

// Who tells who has signed in.
func (o *Office) Who(ctx context.Context, cookie string) (auth.Signed, error) {
	s, err := o.deps.Door.Who(ctx, cookie)
	if err != nil {
		return s, err
	}
	return s, o.limited(o.calls, s.Session.ID, 1)
}

// Enter gives who has signed in a tab's token for an event.
func (o *Office) Enter(ctx context.Context, s auth.Signed, e schedule.EventID) (string, schedule.Grants, error) {
	return o.deps.Door.Enter(ctx, s, e)
}

// Me tells the page whose it is, and which events it may open.
func (o *Office) Me(ctx context.Context, cookie string) (protocol.Me, error) {
	s, err := o.Who(ctx, cookie)
	if err != nil {
		return protocol.Me{}, err
	}
	me := protocol.Me{
		ID: string(s.Account.ID), Login: s.Account.Login, Name: s.Account.Name, Right: string(s.Account.Right),
		Language: s.Account.Language, Session: s.Session.ID,
	}
	ids, err := o.deps.Store.Events(ctx)
	if err != nil {
		return protocol.Me{}, fail(err)
	}
	var events []*schedule.Event
	for _, id := range ids {
		if !s.Account.Sees(id) {
			continue
		}
		e, err := o.deps.Store.Event(ctx, id)
		switch {
		case errors.Is(err, store.ErrNotFound):
		case err != nil:
			return protocol.Me{}, fail(err)
		default:
			events = append(events, e)
		}
	}
	byNearness(events, o.now())
	me.Events = each(events, func(e *schedule.Event) protocol.EventInfo {
		return protocol.EventInfo{ID: string(e.ID), Name: e.Name, Organiser: e.Organiser, Zone: e.Zone, Language: e.Language}
	})
	return me, nil
}

// byNearness puts events that are on first, then those to come, the next first,
// then those that are over, the last first.
func byNearness(events []*schedule.Event, now time.Time) {
	type span struct{ start, end time.Time }
	spans := map[schedule.EventID]span{}
	for _, e := range events {
		var s span
		for _, c := range e.Consultations {
			if s.start.IsZero() || c.Start.Before(s.start) {
				s.start = c.Start
			}
			if c.End.After(s.end) {
				s.end = c.End
			}
		}
		spans[e.ID] = s
	}
	const aDay = 24 * time.Hour
	rank := func(s span) int {
		switch {
		case now.After(s.end.Add(aDay)):
			return 2
		case now.Before(s.start.Add(-aDay)):
			return 1
		}
		return 0
	}
	slices.SortFunc(events, func(a, b *schedule.Event) int {
		x, y := spans[a.ID], spans[b.ID]
		near := x.start.Compare(y.start)
		if rank(x) == 2 {
			near = y.end.Compare(x.end)
		}
		return cmp.Or(cmp.Compare(rank(x), rank(y)), near, cmp.Compare(a.ID, b.ID))
	})
}

// OwnSessions lists the sign-ins of who asks.
func (o *Office) OwnSessions(ctx context.Context, cookie string) (protocol.StaffSessions, error) {
	s, err := o.Who(ctx, cookie)
	if err != nil {
		return protocol.StaffSessions{}, err
	}
	all, err := o.sessions(ctx, s.Session.ID)
	if err != nil {
		return protocol.StaffSessions{}, err
	}
	out := protocol.StaffSessions{Sessions: all[s.Account.ID]}
	if out.Sessions == nil {
		out.Sessions = []protocol.StaffSession{}
	}
	return out, nil
}

// EndOwnSession ends a sign-in of who asks, in another browser or here.
func (o *Office) EndOwnSession(ctx context.Context, cookie, session string) error {
	s, err := o.Who(ctx, cookie)
	if err != nil {
		return err
	}
	return o.endSession(ctx, string(s.Account.ID), s.Account.ID, session)
}

// ChangePassphrase is of the own account. The other sessions end, this goes on.
func (o *Office) ChangePassphrase(ctx context.Context, cookie string, v auth.Visitor, in protocol.ChangePassphrase) error {
	s, err := o.Who(ctx, cookie)
	if err != nil {
		return err
	}
	a, err := o.deps.Door.Prove(ctx, s.Account.Login, in.Old, v)
	if err != nil {
		return err
	}
	if why := auth.Weakness(in.New, a.Login); why != "" {
		return bad(why)
	}
	next := a
	if next.Hash, err = o.deps.Hasher.Make(ctx, in.New); err != nil {
		return fail(err)
	}
	next.ChangedAt = auth.Changed(a, o.now())
	ended, err := o.deps.Store.SaveAccount(ctx, next, a.ChangedAt, true, s.Session.ID)
	if err != nil {
		return fail(err)
	}
	o.end(ctx, ended)
	o.act(schedule.House, string(a.ID), schedule.ActionAccount, string(a.ID)+" passphrase", "")
	return nil
}
