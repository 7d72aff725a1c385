package staff

import (
	"bytes"
	"context"
	"encoding/csv"
	"regexp"
	"slices"
	"strings"
	"time"

	"sangdam/rooms/schedule"
	"sangdam/rooms/spreadsheet"
	"sangdam/signaling/protocol"
)

// Filter says which entries of the audit log are wanted; what is empty is not
// asked for.
type Filter struct {
	By           string // account, link or key
	Action       string
	Consultation string
	Day          string // YYYY-MM-DD in the event's zone; of the house in UTC
	Before       string // Next of the page before
	Limit        int
}

const (
	// scanMost is how many entries of the ledger one request looks at. A page may
	// be short, or empty, and still have a Next.
	scanMost = 20_000
	// fileCosts is how many readings a file counts as: it looks at far more.
	fileCosts = 20
	// csvMost is how many entries one file has.
	csvMost = 20_000
	// flushWithin is how long the newest entries are waited for.
	flushWithin = time.Second
)

// actionOf is what an entry is in the audit log; false for what no member of
// staff did.
func actionOf(e schedule.Entry) (action, detail string, ok bool) {
	switch e.Kind {
	case schedule.EntryStaff:
		action, detail, _ = strings.Cut(e.Detail, " ")
		return action, detail, slices.Contains(schedule.Actions(), schedule.Action(action))
	case schedule.EntryVerdict:
		return "verdict", e.Detail, true
	case schedule.EntryContact:
		return "contact", e.Detail, true
	case schedule.EntryPaper:
		return "paper", e.Detail, true
	case schedule.EntryErased:
		return "erase", e.Detail, true
	}
	return "", "", false
}

// placeInLedger is what Next looks like.
var placeInLedger = regexp.MustCompile(`^[0-9]{1,20}-[0-9]{1,20}$`)

// Audit is a page of what staff did in an event, newest first.
func (o *Office) Audit(ctx context.Context, by schedule.Grants, f Filter) (protocol.AuditLog, error) {
	e, err := o.deps.Store.Event(ctx, by.Event)
	if err != nil {
		return protocol.AuditLog{}, fail(err)
	}
	return o.audit(ctx, by, by.Event, e.Zone, f, scanMost, 1)
}

// HouseAudit is a page of what happened to the installation.
func (o *Office) HouseAudit(ctx context.Context, by schedule.Grants, f Filter) (protocol.AuditLog, error) {
	if err := o.mayHouse(ctx, by); err != nil {
		return protocol.AuditLog{}, err
	}
	return o.audit(ctx, by, schedule.House, "UTC", f, scanMost, 1)
}

func (o *Office) audit(ctx context.Context, by schedule.Grants, of schedule.EventID, zone string, f Filter, most, costs int) (protocol.AuditLog, error) {
	if err := o.limited(o.reads, string(by.Link), costs); err != nil {
		return protocol.AuditLog{}, err
	}
	if f.Before != "" && !placeInLedger.MatchString(f.Before) {
		return protocol.AuditLog{}, bad("before is no place in the ledger")
	}
	if f.Action != "" && !slices.Contains(protocol.Set("AuditAction"), f.Action) {
		return protocol.AuditLog{}, bad("no such action")
	}
	var from, to time.Time
	if f.Day != "" {
		in, err := time.LoadLocation(zone)
		if err != nil {
			return protocol.AuditLog{}, err
		}
		if from, err = time.ParseInLocation(time.DateOnly, f.Day, in); err != nil {
			return protocol.AuditLog{}, bad("the day is like 2026-11-23")
		}
		to = from.AddDate(0, 0, 1)
	}
	names, err := o.names(ctx, of)
	if err != nil {
		return protocol.AuditLog{}, err
	}
	flushing, cancel := context.WithTimeout(ctx, flushWithin)
	_ = o.deps.Store.Flush(flushing) // what is not in Redis yet is on the next reading
	cancel()

	out := protocol.AuditLog{Entries: []protocol.AuditEntry{}}
	looked, last := 0, ""
	err = o.deps.Store.Newest(ctx, of, f.Before, func(at string, e schedule.Entry) bool {
		if len(out.Entries) == f.Limit || looked == most {
			out.Next = last
			return false
		}
		looked, last = looked+1, at
		action, detail, is := actionOf(e)
		switch {
		case !is, f.By != "" && e.By != f.By, f.Action != "" && action != f.Action:
		case f.Consultation != "" && string(e.Consultation) != f.Consultation:
		case !from.IsZero() && (e.At.Before(from) || !e.At.Before(to)):
		default:
			out.Entries = append(out.Entries, protocol.AuditEntry{
				ID: e.ID, At: e.At.UTC(), By: e.By, Name: names[e.By], Action: action, Detail: detail,
				Consultation: string(e.Consultation), Seat: string(e.Seat),
				Reason: e.Words, Erased: e.Digest != "" && e.Words == "", Hash: e.Hash,
			})
		}
		return true
	})
	if err != nil {
		return protocol.AuditLog{}, fail(err)
	}
	return out, nil
}

// Terminal is who changes accounts on the command line.
const Terminal = "terminal"

// names are what accounts, and an event's links and keys, are called now.
func (o *Office) names(ctx context.Context, e schedule.EventID) (map[string]string, error) {
	out := map[string]string{Terminal: "sangdam account"}
	accounts, err := o.deps.Store.Accounts(ctx)
	if err != nil {
		return nil, fail(err)
	}
	for _, a := range accounts {
		out[string(a.ID)] = a.Name
	}
	if e == schedule.House {
		return out, nil
	}
	links, err := o.deps.Store.Links(ctx, e)
	if err != nil {
		return nil, fail(err)
	}
	event, err := o.deps.Store.Event(ctx, e)
	if err != nil {
		return nil, fail(err)
	}
	for _, l := range links {
		if l.Grants.Kind == schedule.LinkConsole {
			out[string(l.ID)] = l.Grants.Name
			if l.Grants.Name == "" {
				out[string(l.ID)] = event.Organiser
			}
		}
	}
	keys, err := o.deps.Store.APIKeys(ctx, e)
	if err != nil {
		return nil, fail(err)
	}
	for _, k := range keys {
		out[k.ID] = k.Name
	}
	return out, nil
}

// AuditCSV is the log for spreadsheets: UTF-8 with a byte order mark, as Excel
// wants it, and no cell that a spreadsheet would compute. That it was read out is
// in the log, too.
func (o *Office) AuditCSV(ctx context.Context, by schedule.Grants, f Filter) ([]byte, error) {
	e, err := o.deps.Store.Event(ctx, by.Event)
	if err != nil {
		return nil, fail(err)
	}
	return o.auditCSV(ctx, by, e.ID, e.Zone, f)
}

// HouseAuditCSV is the same of the installation.
func (o *Office) HouseAuditCSV(ctx context.Context, by schedule.Grants, f Filter) ([]byte, error) {
	if err := o.mayHouse(ctx, by); err != nil {
		return nil, err
	}
	return o.auditCSV(ctx, by, schedule.House, "UTC", f)
}

func (o *Office) auditCSV(ctx context.Context, by schedule.Grants, of schedule.EventID, zone string, f Filter) ([]byte, error) {
	f.Limit = csvMost
	log, err := o.audit(ctx, by, of, zone, f, scanMost*50, fileCosts)
	if err != nil {
		return nil, err
	}
	in, err := time.LoadLocation(zone)
	if err != nil {
		return nil, err
	}
	b := bytes.NewBufferString("\ufeff")
	w := csv.NewWriter(b)
	w.UseCRLF = true
	write := func(cells ...string) { _ = w.Write(each(cells, spreadsheet.Safe)) } // told by w.Error below
	write("at_center", "at_utc", "who", "name", "action", "consultation", "seat", "detail", "reason", "reason_erased", "entry", "hash")
	for _, x := range log.Entries {
		erased := ""
		if x.Erased {
			erased = "erased"
		}
		write(x.At.In(in).Format("2006-01-02 15:04:05"), x.At.Format(time.RFC3339), x.By, x.Name, x.Action, x.Consultation, x.Seat,
			x.Detail, x.Reason, erased, x.ID, x.Hash)
	}
	w.Flush()
	o.act(of, by.By(), schedule.ActionReport, "audit.csv", "")
	return b.Bytes(), w.Error()
}
