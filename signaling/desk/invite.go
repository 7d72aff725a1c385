package desk

import (
	"cmp"
	"context"
	"slices"
	"strconv"
	"time"

	"sangdam/rooms/schedule"
	"sangdam/rooms/timetable"
	"sangdam/signaling/mail"
	"sangdam/signaling/protocol"
)

// Mail queues invitations, or shows them.
func (d *Desk) Mail(ctx context.Context, by schedule.Grants, in protocol.MailRequest, dryRun bool) (protocol.MailReport, error) {
	out := protocol.MailReport{Letters: []protocol.Letter{}, Skipped: []protocol.MailSkipped{}}
	if !d.CanMail() && !dryRun {
		return out, &protocol.Fault{Code: protocol.CodeNotFound, Detail: "this server sends no mail"}
	}
	writer, err := mail.NewWriter()
	if err != nil {
		return out, err
	}
	e, err := d.event(ctx, by)
	if err != nil {
		return out, err
	}
	links, err := d.deps.Store.Links(ctx, by.Event)
	if err != nil {
		return out, fail(err)
	}
	var changes []schedule.EditChange
	for _, l := range links {
		named := slices.Contains(in.Links, string(l.ID))
		if l.Grants.Kind != schedule.LinkPerson || len(in.Links) > 0 && !named {
			continue
		}
		info := d.info(e, by, l)
		skip := func(reason string) {
			out.Skipped = append(out.Skipped, protocol.MailSkipped{Link: info.ID, Reason: reason})
		}
		switch {
		case l.Revoked || info.URL == "":
			skip("revoked")
			continue
		case info.Email == "":
			skip("no_address")
			continue
		case l.SentAt != nil && !named:
			skip("sent_before")
			continue
		}
		letter, err := d.invite(writer, e, l, info)
		if err != nil {
			return out, err
		}
		switch {
		case dryRun:
			out.Letters = append(out.Letters, protocol.Letter{
				Link: info.ID, To: letter.To, Language: letter.Language, Subject: letter.Subject, Text: letter.Text,
			})
		case d.deps.Mail.Queue(letter):
			out.Queued++
			changes = append(changes, linkChange(info, "changed")...)
		default:
			skip("queue_full")
		}
	}
	if out.Queued > 0 {
		d.note(ctx, e.ID, d.record(e, by, "links_mailed", changes))
		d.act(e, by, schedule.ActionMail, "", strconv.Itoa(out.Queued), in.Reason)
	}
	return out, nil
}

func (d *Desk) invite(w *mail.Writer, e *schedule.Event, l schedule.Link, info protocol.LinkInfo) (mail.Letter, error) {
	h := HolderOf(e, l.Grants)
	calendar, err := d.calendar(e, l)
	if err != nil {
		return mail.Letter{}, err
	}
	return w.Invite(mail.Invitation{
		Event: e, Link: l, URL: info.URL, To: info.Email, Name: cmp.Or(h.Contact.Person, h.Name),
		Language: h.Language, Zone: h.Zone, Calendar: calendar,
	}), nil
}

// Calendar is the iCalendar file of a link's holder, for a coordinator.
func (d *Desk) Calendar(ctx context.Context, by schedule.Grants, of schedule.LinkID) ([]byte, error) {
	e, err := d.event(ctx, by)
	if err != nil {
		return nil, err
	}
	l, err := d.link(ctx, by, of)
	if err != nil {
		return nil, err
	}
	return d.calendar(e, l)
}

// MyCalendar is one's own.
func (d *Desk) MyCalendar(ctx context.Context, by schedule.Grants) ([]byte, error) {
	return d.Calendar(ctx, by, by.Link)
}

func (d *Desk) calendar(e *schedule.Event, l schedule.Link) ([]byte, error) {
	g := l.Grants
	if g.Kind == schedule.LinkConsole {
		return nil, protocol.Fail(protocol.CodeNotFound)
	}
	h := HolderOf(e, g)
	feed := timetable.Feed{Role: g.Role, Party: g.Party, Zone: h.Zone, Words: timetable.CalendarWordsIn(h.Language), Now: d.now()}
	if g.Kind == schedule.LinkBooth {
		feed.Role, feed.Booth = "", g.Booth
	}
	// A booth's screen needs nobody to open its link from a calendar that many
	// people may share.
	if path, ok := d.deps.Keeper.Path(l); ok && !l.Revoked && g.Kind == schedule.LinkPerson {
		feed.Link = d.deps.URL + path
	}
	if d.deps.Mail != nil {
		feed.From = d.deps.Mail.From()
	}
	return timetable.Calendar(e, feed)
}

// SentAt is when a link was last mailed; zero when it never was, or the store
// does not say: nothing but a hint depends on it.
func (d *Desk) SentAt(ctx context.Context, id schedule.LinkID) time.Time {
	l, ok, err := d.deps.Store.Link(ctx, id)
	if err != nil || !ok || l.SentAt == nil {
		return time.Time{}
	}
	return l.SentAt.UTC()
}
