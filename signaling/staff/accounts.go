package staff

import (
	"context"
	"slices"
	"strings"
	"unicode/utf8"

	"sangdam/rooms/schedule"
	"sangdam/signaling/auth"
	"sangdam/signaling/protocol"
)

// MayProfile tells whether somebody may look into the running program, which
// serves all events, and takes down that they do.
func (o *Office) MayProfile(ctx context.Context, by schedule.Grants, what string) error {
	err := o.mayHouse(ctx, by)
	if err == nil {
		o.act(schedule.House, by.By(), schedule.ActionProfile, what, "")
	}
	return err
}

// mayHouse tells whether somebody may administer the installation: an
// administrator of all events. One of some events could else give itself the
// others.
func (o *Office) mayHouse(ctx context.Context, by schedule.Grants) error {
	if !by.May(schedule.RightAdministrator) {
		return protocol.Fail(protocol.CodeForbidden)
	}
	if by.Account == "" { // a link with that right: the demo's
		return nil
	}
	a, ok, err := o.deps.Store.Account(ctx, by.Account)
	if err != nil {
		return fail(err)
	}
	if !ok || a.Disabled || a.Right != schedule.RightAdministrator || len(a.Events) > 0 {
		return protocol.Fail(protocol.CodeForbidden)
	}
	return nil
}

// Accounts lists them with their sessions.
func (o *Office) Accounts(ctx context.Context, by schedule.Grants) (protocol.Accounts, error) {
	if err := o.mayHouse(ctx, by); err != nil {
		return protocol.Accounts{}, err
	}
	all, err := o.deps.Store.Accounts(ctx)
	if err != nil {
		return protocol.Accounts{}, fail(err)
	}
	sessions, err := o.sessions(ctx, string(by.Link))
	if err != nil {
		return protocol.Accounts{}, err
	}
	return protocol.Accounts{Accounts: each(all, func(a schedule.Account) protocol.Account {
		return wireAccount(a, sessions[a.ID])
	})}, nil
}

func wireAccount(a schedule.Account, sessions []protocol.StaffSession) protocol.Account {
	if sessions == nil {
		sessions = []protocol.StaffSession{}
	}
	return protocol.Account{
		ID: string(a.ID), Login: a.Login, Name: a.Name, Right: string(a.Right),
		Events: each(a.Events, func(e schedule.EventID) string { return string(e) }),
		OpenID: a.Subject != "", HasPhrase: a.Hash != "", Disabled: a.Disabled, CreatedAt: a.CreatedAt.UTC(), Sessions: sessions,
	}
}

// sessions lists those that live, by account.
func (o *Office) sessions(ctx context.Context, own string) (map[schedule.AccountID][]protocol.StaffSession, error) {
	all, err := o.deps.Store.StaffSessions(ctx)
	if err != nil {
		return nil, fail(err)
	}
	out := map[schedule.AccountID][]protocol.StaffSession{}
	for _, x := range all {
		if auth.Over(x, o.now()) {
			continue
		}
		out[x.Account] = append(out[x.Account], protocol.StaffSession{
			ID: x.ID, Browser: x.Browser, CreatedAt: x.CreatedAt.UTC(), SeenAt: x.SeenAt.UTC(), ExpiresAt: auth.Ends(x).UTC(), Own: x.ID == own,
		})
	}
	return out, nil
}

// NewAccount makes an account for somebody, and a passphrase when none is given.
func (o *Office) NewAccount(ctx context.Context, by schedule.Grants, in protocol.NewAccount) (protocol.AccountMade, error) {
	if err := o.mayHouse(ctx, by); err != nil {
		return protocol.AccountMade{}, err
	}
	return o.Add(ctx, by.By(), in)
}

// Add makes an account; whether by may is for the caller to say: it is the
// command line's, too.
func (o *Office) Add(ctx context.Context, by string, in protocol.NewAccount) (protocol.AccountMade, error) {
	now := auth.Changed(schedule.Account{}, o.now())
	a := schedule.Account{ID: auth.NewAccountID(), Login: auth.Login(in.Login), CreatedAt: now, ChangedAt: now}
	err := o.set(ctx, &a, in.Name, in.Right, in.Events)
	if err != nil {
		return protocol.AccountMade{}, err
	}
	if !auth.ValidLogin(a.Login) {
		return protocol.AccountMade{}, bad("the login wants 2 to 64 of a-z, 0-9 and . _ @ + -, a letter or digit first")
	}
	told, err := o.phrase(ctx, &a, in.Passphrase)
	if err != nil {
		return protocol.AccountMade{}, err
	}
	if _, err := o.deps.Store.SaveAccount(ctx, a, schedule.Account{}.ChangedAt, false, ""); err != nil {
		return protocol.AccountMade{}, fail(err)
	}
	o.act(schedule.House, by, schedule.ActionAccount, string(a.ID)+" made "+string(a.Right), "")
	return protocol.AccountMade{Account: wireAccount(a, nil), Passphrase: told}, nil
}

// set checks and sets what an account is.
func (o *Office) set(ctx context.Context, a *schedule.Account, name, right string, events []string) error {
	a.Name, a.Right = strings.TrimSpace(name), schedule.Right(right)
	if n := utf8.RuneCountInString(a.Name); n < 1 || n > 120 {
		return bad("the name wants 1 to 120 characters")
	}
	if !slices.Contains(schedule.Rights(), a.Right) {
		return bad("the right is viewer, coordinator or administrator")
	}
	a.Events = nil
	if len(events) == 0 {
		return nil
	}
	known, err := o.deps.Store.Events(ctx)
	if err != nil {
		return fail(err)
	}
	for _, e := range events {
		if !slices.Contains(known, schedule.EventID(e)) {
			return bad("there is no event " + e)
		}
		if !slices.Contains(a.Events, schedule.EventID(e)) {
			a.Events = append(a.Events, schedule.EventID(e))
		}
	}
	slices.Sort(a.Events)
	return nil
}

// phrase gives an account a passphrase; one that was made here is returned, to
// be told once.
func (o *Office) phrase(ctx context.Context, a *schedule.Account, passphrase string) (told string, err error) {
	if passphrase == "" {
		passphrase = auth.NewPassphrase()
		told = passphrase
	} else if why := auth.Weakness(passphrase, a.Login); why != "" {
		return "", bad(why)
	}
	if a.Hash, err = o.deps.Hasher.Make(ctx, passphrase); err != nil {
		return "", fail(err)
	}
	return told, nil
}

// ChangeAccount changes what is set.
func (o *Office) ChangeAccount(ctx context.Context, by schedule.Grants, id string, in protocol.ChangeAccount) (protocol.AccountMade, error) {
	if err := o.mayHouse(ctx, by); err != nil {
		return protocol.AccountMade{}, err
	}
	return o.Change(ctx, by.By(), schedule.AccountID(id), in)
}

// Change is ChangeAccount for whoever may, the command line too. Whatever
// changes what an account may do, or its passphrase, ends its sessions.
func (o *Office) Change(ctx context.Context, by string, id schedule.AccountID, in protocol.ChangeAccount) (protocol.AccountMade, error) {
	a, ok, err := o.deps.Store.Account(ctx, id)
	if err != nil {
		return protocol.AccountMade{}, fail(err)
	}
	if !ok {
		return protocol.AccountMade{}, protocol.Fail(protocol.CodeNotFound)
	}
	next := a
	name, right := a.Name, string(a.Right)
	events := each(a.Events, func(e schedule.EventID) string { return string(e) })
	if in.Name != nil {
		name = *in.Name
	}
	if in.Right != nil {
		right = *in.Right
	}
	if in.Events != nil {
		events = *in.Events
	} else {
		events = o.stillThere(ctx, events)
	}
	if err := o.set(ctx, &next, name, right, events); err != nil {
		return protocol.AccountMade{}, err
	}
	if in.Events == nil {
		next.Events = a.Events
	}
	if in.Disabled != nil {
		next.Disabled = *in.Disabled
	}
	told := ""
	if in.Passphrase != nil {
		if told, err = o.phrase(ctx, &next, *in.Passphrase); err != nil {
			return protocol.AccountMade{}, err
		}
	}
	changes, ends := difference(a, next)
	if len(changes) > 0 {
		next.ChangedAt = auth.Changed(a, o.now())
		ended, err := o.deps.Store.SaveAccount(ctx, next, a.ChangedAt, ends, "")
		if err != nil {
			return protocol.AccountMade{}, fail(err)
		}
		o.end(ctx, ended)
		o.act(schedule.House, by, schedule.ActionAccount, string(id)+" "+strings.Join(changes, " "), "")
	}
	sessions, err := o.sessions(ctx, "")
	if err != nil {
		return protocol.AccountMade{}, err
	}
	return protocol.AccountMade{Account: wireAccount(next, sessions[id]), Passphrase: told}, nil
}

// stillThere drops events that were taken away since an account was limited to
// them: they are no reason to refuse another change.
func (o *Office) stillThere(ctx context.Context, events []string) []string {
	known, err := o.deps.Store.Events(ctx)
	if err != nil {
		return events
	}
	return slices.DeleteFunc(events, func(e string) bool { return !slices.Contains(known, schedule.EventID(e)) })
}

// difference names what changed, and tells whether sessions end by it.
func difference(a, b schedule.Account) (changes []string, ends bool) {
	note := func(changed bool, what string, end bool) {
		if changed {
			changes, ends = append(changes, what), ends || end
		}
	}
	note(a.Name != b.Name, "name", false)
	note(a.Right != b.Right, "right="+string(b.Right), true)
	note(!slices.Equal(a.Events, b.Events), "events", true)
	note(a.Hash != b.Hash, "passphrase", true)
	note(!a.Disabled && b.Disabled, "disabled", true)
	note(a.Disabled && !b.Disabled, "enabled", true)
	return changes, ends
}

// EndSession ends a sign-in of any account.
func (o *Office) EndSession(ctx context.Context, by schedule.Grants, id, session string) error {
	if err := o.mayHouse(ctx, by); err != nil {
		return err
	}
	return o.endSession(ctx, by.By(), schedule.AccountID(id), session)
}

func (o *Office) endSession(ctx context.Context, by string, of schedule.AccountID, session string) error {
	x, _, ok, err := o.deps.Store.StaffSession(ctx, session)
	if err != nil {
		return fail(err)
	}
	if !ok || x.Account != of { // another account's is not there
		return protocol.Fail(protocol.CodeNotFound)
	}
	if _, err := o.deps.Store.EndStaffSession(ctx, session); err != nil {
		return fail(err)
	}
	o.end(ctx, []string{session})
	o.act(schedule.House, by, schedule.ActionSessionEnded, session+" of "+string(of), "")
	return nil
}
