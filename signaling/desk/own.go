package desk

import (
	"cmp"
	"context"
	"math"
	"slices"
	"strings"
	"time"

	"sangdam/rooms/schedule"
	"sangdam/signaling/auth"
	"sangdam/signaling/protocol"
)

// QR draws a link of this server. Nothing else is drawn: a code that our page
// shows is believed.
func (d *Desk) QR(ctx context.Context, by schedule.Grants, in protocol.QRRequest) ([]byte, error) {
	if err := d.limit(d.drawn, string(by.Link)); err != nil {
		return nil, err
	}
	notOurs := &protocol.Fault{Code: protocol.CodeForbidden, Detail: "not a link of this event"}
	path, ok := strings.CutPrefix(in.Text, d.deps.URL+"/j/")
	id, secret, two := strings.Cut(path, "#")
	if !ok || !two || !schedule.ValidID(schedule.LinkID(id)) {
		return nil, notOurs
	}
	l, known, err := d.deps.Store.Link(ctx, schedule.LinkID(id))
	if err != nil {
		return nil, fail(err)
	}
	mine := by.Kind == schedule.LinkConsole || l.ID == by.Link
	if !known || !mine || l.Grants.Event != by.Event || l.Revoked || !auth.Matches(secret, l.SecretHash) {
		return nil, notOurs
	}
	return drawQR(in.Text)
}

// Test keeps what the lobby's test found on this device.
func (d *Desk) Test(ctx context.Context, by schedule.Grants, in protocol.Readiness) error {
	if err := d.limit(d.reports, string(by.Link)); err != nil {
		return err
	}
	finite := func(f, most float64) bool { return math.Abs(f) <= most } // false for what is no number, too
	result := func(s string) bool { return slices.Contains(protocol.Set("TestResult"), s) }
	if !result(in.Microphone) || !result(in.Camera) || !result(in.Speaker) || !result(in.Media) ||
		!finite(in.RTTMS, 60_000) || in.RTTMS < 0 || !finite(in.ClockOffsetMS, 1e14) {
		return &protocol.Fault{Code: protocol.CodeBadMessage, Detail: "readiness: a value out of its bounds"}
	}
	if in.Network != nil {
		if err := in.Network.Check(); err != nil {
			return err
		}
	}
	tests, err := d.deps.Store.Readiness(ctx, by.Event)
	if err != nil {
		return fail(err)
	}
	// A page that was opened anew has not tested the network again.
	before := tests[by.Link].Network
	network := networkOf(in.Network, d.now())
	if network == nil {
		network = before
	}
	offset := min(math.Abs(in.ClockOffsetMS), float64(math.MaxInt64/int64(time.Millisecond))/2)
	err = d.deps.Store.SaveReadiness(ctx, by.Event, by.Link, schedule.Readiness{
		At: d.now(), Microphone: schedule.TestResult(in.Microphone), Camera: schedule.TestResult(in.Camera),
		Speaker: schedule.TestResult(in.Speaker), Media: schedule.TestResult(in.Media),
		RTT: time.Duration(in.RTTMS * float64(time.Millisecond)), Browser: in.Browser, Supported: in.Supported,
		ClockOffset: time.Duration(math.Copysign(offset, in.ClockOffsetMS) * float64(time.Millisecond)), Zone: in.Zone,
		Network: network,
	})
	if err != nil {
		return fail(err)
	}
	// A test has looked at all ways and knows better than what worked once; told
	// again, it says nothing of what has worked since.
	if n := network; n != nil && n.Route != "" && (before == nil || n.At.After(before.At)) {
		path := schedule.LinkPath{Profile: n.Path.Lasting(), At: n.At}
		if err := d.deps.Store.SavePath(ctx, by.Event, by.Link, path); err != nil {
			return fail(err)
		}
	}
	return nil
}

// networkOf is a network test as it is kept. When it was made is the device's
// word, as far as it can be.
func networkOf(in *protocol.NetworkTest, now time.Time) *schedule.NetworkTest {
	if in == nil {
		return nil
	}
	at := in.At.UTC()
	if at.After(now) || now.Sub(at) > schedule.TestOldAfter {
		at = now.UTC()
	}
	return &schedule.NetworkTest{
		At: at, Socket: schedule.TestResult(in.Socket), UDP: schedule.TestResult(in.UDP), TCP: schedule.TestResult(in.TCP),
		TLS: schedule.TestResult(in.TLS), Path: schedule.PathProfile(in.Path), Route: in.Route,
		RTT: time.Duration(in.RTTMS * float64(time.Millisecond)), Jitter: time.Duration(in.JitterMS * float64(time.Millisecond)),
		LossUp: in.LossUp, LossDown: in.LossDown, Up: int64(in.UpKbps * 1000), Down: int64(in.DownKbps * 1000),
	}
}

// wireNetwork is one as a coordinator reads it.
func wireNetwork(n *schedule.NetworkTest) *protocol.NetworkTest {
	if n == nil {
		return nil
	}
	return &protocol.NetworkTest{
		At: n.At.UTC(), Socket: string(n.Socket), UDP: string(n.UDP), TCP: string(n.TCP), TLS: string(n.TLS),
		Path: string(n.Path), Route: n.Route, RTTMS: ms(n.RTT), JitterMS: ms(n.Jitter),
		LossUp: n.LossUp, LossDown: n.LossDown, UpKbps: float64(n.Up) / 1000, DownKbps: float64(n.Down) / 1000,
	}
}

// Readiness tells how ready everybody is who may still be needed.
func (d *Desk) Readiness(ctx context.Context, by schedule.Grants) (protocol.ReadinessBoard, error) {
	out := protocol.ReadinessBoard{Links: []protocol.LinkReadiness{}}
	e, err := d.event(ctx, by)
	if err != nil {
		return out, err
	}
	links, err := d.deps.Store.Links(ctx, by.Event)
	if err != nil {
		return out, fail(err)
	}
	tests, err := d.deps.Store.Readiness(ctx, by.Event)
	if err != nil {
		return out, fail(err)
	}
	now := d.now()
	for _, l := range links {
		if l.Revoked || l.Grants.Kind == schedule.LinkConsole {
			continue
		}
		out.Links = append(out.Links, readinessOf(e, l, tests[l.ID], now))
	}
	slices.SortStableFunc(out.Links, func(a, b protocol.LinkReadiness) int {
		if (a.Next == nil) != (b.Next == nil) {
			if a.Next == nil {
				return 1
			}
			return -1
		}
		if a.Next != nil && !a.Next.Equal(*b.Next) {
			return a.Next.Compare(*b.Next)
		}
		return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.Seat, b.Seat))
	})
	return out, nil
}

func readinessOf(e *schedule.Event, l schedule.Link, test schedule.Readiness, now time.Time) protocol.LinkReadiness {
	g := l.Grants
	h := HolderOf(e, g)
	zone := h.Zone
	if g.Kind == schedule.LinkBooth {
		zone = e.Zone
	}
	light, why := test.Light(zone, now)
	out := protocol.LinkReadiness{
		Link: string(l.ID), Kind: string(g.Kind), Role: string(g.Role), Name: h.Name, Seat: max(1, g.Seat),
		Light: string(light), Reasons: append([]string{}, why...),
	}
	for _, on := range e.Seats(g) {
		if !on.Consultation.Cancelled && on.Consultation.End.After(now) {
			start := on.Consultation.Start.UTC()
			out.Next = &start
			break
		}
	}
	if !test.At.IsZero() {
		at := test.At.UTC()
		out.At, out.Test = &at, &protocol.Readiness{
			Microphone: string(test.Microphone), Camera: string(test.Camera), Speaker: string(test.Speaker), Media: string(test.Media),
			RTTMS: ms(test.RTT), Browser: test.Browser, Supported: test.Supported, ClockOffsetMS: ms(test.ClockOffset), Zone: test.Zone,
			Network: wireNetwork(test.Network),
		}
	}
	return out
}

func ms(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }

// noticeName changes with what is recorded: a consent to less is none to more.
const noticeName = "records-1"

// Notice is what is recorded about a link's holder, and whether it agreed.
func (d *Desk) Notice(ctx context.Context, by schedule.Grants) (protocol.Notice, error) {
	out := protocol.Notice{Name: noticeName, Records: protocol.Set("RecordKind")}
	all, err := d.deps.Store.Consents(ctx, by.Event)
	if err != nil {
		return out, fail(err)
	}
	if c, ok := all[by.Link]; ok && c.Notice == noticeName {
		out.Consent = &protocol.Consent{Notice: c.Notice, At: c.At.UTC()}
	}
	return out, nil
}

// Agree keeps a consent to the notice as it is now.
func (d *Desk) Agree(ctx context.Context, by schedule.Grants, in protocol.ConsentRequest) (protocol.Consent, error) {
	if err := d.limit(d.reports, string(by.Link)); err != nil {
		return protocol.Consent{}, err
	}
	if in.Notice != noticeName {
		return protocol.Consent{}, protocol.Fail(protocol.CodeConflict)
	}
	c := schedule.Consent{Notice: in.Notice, At: d.now()}
	if err := d.deps.Store.SaveConsent(ctx, by.Event, by.Link, c); err != nil {
		return protocol.Consent{}, fail(err)
	}
	return protocol.Consent(c), nil
}
