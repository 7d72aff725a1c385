package auth

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"testing"
	"time"

	"sangdam/rooms/schedule"
	"sangdam/signaling/protocol"
)

// shelf has one link and counts how often it was asked.
type shelf struct {
	link  schedule.Link
	asked int
}

func (s *shelf) Link(_ context.Context, id schedule.LinkID) (schedule.Link, bool, error) {
	s.asked++
	return s.link, id == s.link.Grants.Link, nil
}

func TestDevices_GuessingTheNamesOfLinksIsLimitedByAddress(t *testing.T) {
	now := time.Date(2026, 11, 24, 9, 0, 0, 0, time.UTC)
	keeper := testKeeper(t)
	s := &shelf{link: schedule.Link{Version: 1, Grants: schedule.Grants{Link: "real", Kind: schedule.LinkBooth, NotAfter: now.Add(time.Hour)}}}
	d := NewDevices(s, keeper, func() time.Time { return now })
	try := func(id schedule.LinkID, key, from string) protocol.Code {
		_, err := d.Grants(t.Context(), PurposeWatch, id, key, netip.MustParseAddr(from))
		var f *protocol.Fault
		errors.As(err, &f)
		if f == nil {
			return ""
		}
		return f.Code
	}
	key := keeper.Device(PurposeWatch, "real", 1)
	for i := range 2 * addrBurst {
		if code := try("real", key, "192.0.2.1"); code != "" { // right ones are no guesses
			t.Fatalf("%d: %s", i, code)
		}
	}
	s.asked = 0
	for i := range addrBurst {
		if code := try(schedule.LinkID(fmt.Sprint(i)), "x", "192.0.2.1"); code != protocol.CodeTokenUnknown {
			t.Fatalf("%d: %s", i, code)
		}
	}
	if code := try("more", "x", "192.0.2.1"); code != protocol.CodeRateLimited || s.asked != addrBurst {
		t.Errorf("%s after %d readings of the store", code, s.asked)
	}
	if code := try("real", key, "192.0.2.2"); code != "" {
		t.Errorf("from another address: %s", code)
	}
	now = now.Add(addrEvery)
	if code := try("real", key, "192.0.2.1"); code != "" {
		t.Errorf("a moment later: %s", code)
	}
}
