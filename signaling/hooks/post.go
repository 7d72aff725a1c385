package hooks

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
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
		},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

func reachable(ip netip.Addr, networks []netip.Prefix) bool {
	// Carrier-grade NAT (RFC 6598), which net/netip does not call private.
	shared := netip.PrefixFrom(netip.AddrFrom4([4]byte{100, 64}), 10)
	for _, n := range networks {
		if n.Contains(ip) {
			return true
		}
	}
	return ip.IsGlobalUnicast() && !ip.IsPrivate() && !shared.Contains(ip)
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
