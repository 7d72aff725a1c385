package signaling

import (
	"net/http"
	"strings"
)

// withHeaders sets what a browser must hold every reply to.
func withHeaders(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", contentPolicy(r))
		h.Set("Permissions-Policy", permissions)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		if r.TLS != nil {
			h.Set("Strict-Transport-Security", "max-age=31536000")
		}
		next.ServeHTTP(w, r)
	})
}

// permissions: what the pages use, for themselves alone; the rest that browsers
// know is for nobody.
const permissions = "camera=(self), microphone=(self), display-capture=(self), autoplay=(self), " +
	"fullscreen=(self), picture-in-picture=(self), screen-wake-lock=(self), speaker-selection=(self), " +
	"geolocation=(), payment=(), usb=(), serial=(), hid=(), midi=(), " +
	"accelerometer=(), gyroscope=(), magnetometer=(), publickey-credentials-get=(), xr-spatial-tracking=()"

// contentPolicy allows our own files and our own socket, nothing inline, and no
// string that becomes script. The socket is named beside 'self': Safari before
// 15.4 did not count wss: as the page's own origin (WebKit bug 201591).
func contentPolicy(r *http.Request) string {
	connect := "'self'"
	if plainHost(r.Host) {
		scheme := "ws"
		if r.TLS != nil || r.Header.Get("X-Forwarded-Proto") == "https" {
			scheme = "wss"
		}
		connect += " " + scheme + "://" + r.Host
	}
	return strings.Join([]string{
		"default-src 'none'",
		"script-src 'self'",
		"style-src 'self'",
		"img-src 'self' blob:",
		"media-src 'self' blob:",
		"font-src 'self'",
		"connect-src " + connect,
		"worker-src 'self'",
		"manifest-src 'self'",
		"base-uri 'none'",
		"form-action 'self'",
		"frame-ancestors 'none'",
		"require-trusted-types-for 'script'",
	}, "; ")
}

// plainHost keeps what a client claims to be our name from adding to the policy.
func plainHost(h string) bool {
	return h != "" && !strings.ContainsFunc(h, func(c rune) bool {
		switch {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9':
			return false
		}
		return !strings.ContainsRune(".-:[]", c)
	})
}
