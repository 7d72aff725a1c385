package api

import (
	"context"
	"mime"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strings"

	"sangdam/signaling/auth"
	"sangdam/signaling/protocol"
)

// Site is how this server is reached, as far as its cookie depends on it.
type Site struct {
	// Secure tells whether a request came by https, to us or to a proxy of ours.
	Secure func(*http.Request) bool
	// Origins are pages of ours beside those of the server's own host.
	Origins []string
}

const (
	cookieName = "sangdam"
	flowName   = "sangdam-openid"
)

// byCookie tells whether a path is one that the cookie of who has signed in is
// good for. Everything else goes by a tab's token, which no other site can make
// a browser send.
func byCookie(path string) bool {
	return strings.HasPrefix(path, "/api/v1/staff/") || strings.HasPrefix(path, "/api/v1/sign-")
}

// visit is a request by cookie.
type visit struct {
	auth.Visitor
	cookie string // who has signed in; empty: nobody
	flow   string // a sign-in at the provider under way
	secure bool
}

type visitKey struct{}

func visitOf(ctx context.Context) visit {
	v, _ := ctx.Value(visitKey{}).(visit)
	return v
}

// guard refuses what another site makes a browser send, and reads the cookies.
func (s Site) guard(r *http.Request, from netip.Addr) (visit, error) {
	v := visit{Visitor: auth.Visitor{Addr: from, Browser: r.UserAgent()}, secure: s.Secure != nil && s.Secure(r)}
	v.cookie, v.flow = read(r, cookieName, v.secure), read(r, flowName, v.secure)
	// The provider sends the browser back; the state in its cookie protects that.
	if r.Method == http.MethodGet && r.URL.Path == auth.OpenIDCallback {
		return v, nil
	}
	reads := r.Method == http.MethodGet || r.Method == http.MethodHead
	site, origin := r.Header.Get("Sec-Fetch-Site"), r.Header.Get("Origin")
	switch {
	case site != "" && site != "same-origin" && (!reads || site != "none"): // none: typed into the address bar
		return v, protocol.Fail(protocol.CodeOrigin)
	case origin != "" && !s.own(origin, r.Host, v.secure):
		return v, protocol.Fail(protocol.CodeOrigin)
	case !reads && site == "" && origin == "": // every browser tells one of them
		return v, protocol.Fail(protocol.CodeOrigin)
	}
	if !reads && (r.ContentLength != 0 || r.Header.Get("Content-Type") != "") {
		// A form can be sent by any page without asking; JSON cannot.
		if t, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err != nil || t != "application/json" {
			return v, &protocol.Fault{Code: protocol.CodeBadMessage, Detail: "the body is application/json"}
		}
	}
	return v, nil
}

// ours tells whether a request is from a page of ours, or from no browser.
func (s Site) ours(r *http.Request) bool {
	origin := r.Header.Get("Origin")
	return origin == "" || s.own(origin, r.Host, s.Secure != nil && s.Secure(r))
}

// own tells whether a page is ours. Behind https a page of our name that came
// without it is not: whoever holds the line can make one.
func (s Site) own(origin, host string, secure bool) bool {
	if slices.Contains(s.Origins, origin) {
		return true
	}
	u, err := url.Parse(origin)
	return err == nil && u.Host != "" && strings.EqualFold(u.Host, host) && (u.Scheme == "https" || !secure)
}

// nameOf is a cookie's name. Behind https it has the prefix that browsers take
// from this host alone and by https alone (RFC 6265bis, section 4.1.3.2): nobody
// on a neighbouring host or on the line can plant one.
func nameOf(name string, secure bool) string {
	if secure {
		return "__Host-" + name
	}
	return name
}

// read finds a cookie; of several of one name none is believed.
func read(r *http.Request, name string, secure bool) string {
	all := r.CookiesNamed(nameOf(name, secure))
	if len(all) != 1 || len(all[0].Value) > 1024 {
		return ""
	}
	return all[0].Value
}

// set is the header that gives a browser a cookie, or takes it away when there
// is no value. It lasts as long as the browser runs: how long a sign-in counts is
// the server's to know.
func (v visit) set(name, value string, same http.SameSite, seconds int) string {
	c := http.Cookie{
		Name: nameOf(name, v.secure), Value: value, Path: "/", HttpOnly: true, Secure: v.secure, SameSite: same, MaxAge: seconds,
	}
	if value == "" {
		c.MaxAge = -1
	}
	return c.String()
}

func (v visit) setSession(value string) string {
	return v.set(cookieName, value, http.SameSiteStrictMode, 0)
}

// setFlow is Lax: the provider's page sends the browser back to us, and Strict
// cookies do not come along then.
func (v visit) setFlow(value string) string {
	return v.set(flowName, value, http.SameSiteLaxMode, 600)
}
