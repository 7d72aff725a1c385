package hooks

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/standard-webhooks/standard-webhooks/libraries/go"

	"sangdam/rooms/schedule"
)

// errPrivate: the address is not one that a webhook may have.
var errPrivate = errors.New("hooks: an address of a private network that is not among those allowed")

// newClient makes a client that reaches the open internet and the networks that
// are named, and follows nobody elsewhere: whoever may set a webhook must not
// come to see what else stands in the center's network.
func newClient(networks []netip.Prefix) *http.Client {
	dialer := &net.Dialer{
		Timeout: 5 * time.Second,
		// Called with the address that the name was resolved to, so no name can
		// change its mind after it was looked at.
		Control: func(_, address string, _ syscall.RawConn) error {
			at, err := netip.ParseAddrPort(address)
			if err != nil {
				return err
			}
			if !reachable(at.Addr().Unmap(), networks) {
				return errPrivate
			}
			return nil
		},
	}
	return &http.Client{
		Timeout: sendLimit,
		Transport: &http.Transport{
			DialContext: dialer.DialContext, ForceAttemptHTTP2: true,
			TLSHandshakeTimeout: 5 * time.Second, IdleConnTimeout: time.Minute, MaxIdleConnsPerHost: 2,
			MaxResponseHeaderBytes: 16 << 10, // it is a stranger's answer
		},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// reachable tells whether an address is one of those networks, or of the open
// internet.
func reachable(ip netip.Addr, networks []netip.Prefix) bool {
	if b := ip.As16(); nat64().Contains(ip) { // a gateway leads to the address inside
		ip = netip.AddrFrom4([4]byte(b[12:]))
	}
	in := func(p netip.Prefix) bool { return p.Contains(ip) }
	return slices.ContainsFunc(networks, in) ||
		ip.IsGlobalUnicast() && !ip.IsPrivate() && !slices.ContainsFunc(special(), in)
}

// nat64 are the IPv4 addresses as networks without IPv4 write them (RFC 6052).
func nat64() netip.Prefix { return netip.MustParsePrefix("64:ff9b::/96") }

// special are addresses that net/netip takes for global ones and that lead
// nowhere on the open internet (IANA's special-purpose registries), or to
// wherever a gateway of the network translates them.
func special() (all []netip.Prefix) {
	for _, p := range []string{
		"0.0.0.0/8", "100.64.0.0/10", "192.0.0.0/24", "192.0.2.0/24", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "240.0.0.0/4",
		"::/96", "::ffff:0:0:0/96", "64:ff9b:1::/48", "100::/64", "2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20", "fec0::/10",
	} {
		all = append(all, netip.MustParsePrefix(p))
	}
	return all
}

// post sends a delivery as Standard Webhooks has it: webhook-id,
// webhook-timestamp, and webhook-signature, an HMAC-SHA256 over both and the
// body. The status is 0 when nobody answered.
func (c *Courier) post(ctx context.Context, h schedule.Hook, d schedule.Delivery) (int, error) {
	signer, err := standardwebhooks.NewWebhookRaw(c.deps.Key(h.ID))
	if err != nil {
		return 0, fmt.Errorf("hooks: %w", err)
	}
	now := c.now()
	signature, err := signer.Sign(d.ID, now, []byte(d.Payload))
	if err != nil {
		return 0, fmt.Errorf("hooks: %w", err)
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, h.URL, strings.NewReader(d.Payload))
	if err != nil {
		return 0, fmt.Errorf("hooks: %w", err)
	}
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("User-Agent", "Sangdam")
	r.Header.Set(standardwebhooks.HeaderWebhookID, d.ID)
	r.Header.Set(standardwebhooks.HeaderWebhookTimestamp, fmt.Sprint(now.Unix()))
	r.Header.Set(standardwebhooks.HeaderWebhookSignature, signature)
	res, err := c.client.Do(r)
	if err != nil {
		return 0, fmt.Errorf("hooks: %w", err)
	}
	defer res.Body.Close()
	_, _ = io.CopyN(io.Discard, res.Body, 4<<10) // so that the connection can be used again
	if res.StatusCode < 200 || res.StatusCode > 299 {
		return res.StatusCode, fmt.Errorf("hooks: status %d", res.StatusCode)
	}
	return res.StatusCode, nil
}
