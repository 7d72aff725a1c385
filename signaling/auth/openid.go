package auth

import (
	"context"
	"crypto/hmac"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"

	"sangdam/rooms/schedule"
	"sangdam/signaling/protocol"
)

// OpenIDCallback is where the provider sends the browser back to.
const OpenIDCallback = "/api/v1/sign-in/openid/callback"

const (
	flowTime      = 10 * time.Minute // that a person has at the provider
	providerLimit = 8 * time.Second  // that the provider has for an answer
)

// OpenIDConfig says whose word is taken for who somebody is.
type OpenIDConfig struct {
	Issuer       string // as in its discovery document
	ClientID     string
	ClientSecret string
	Name         string // on the button
	Redirect     string // our callback, as it is registered at the provider
	Key          []byte // signs the cookie of a sign-in under way
}

// OpenID is a provider of OpenID Connect: the code flow with PKCE (RFC 7636),
// state and nonce. Its discovery document is read when somebody first signs in,
// so that a provider that is away keeps no server from starting.
type OpenID struct {
	// Fixed after NewOpenID.
	config OpenIDConfig
	client *http.Client
	now    func() time.Time

	mu       sync.Mutex
	provider *oidc.Provider // nil until it has answered
}

// NewOpenID makes an OpenID. It asks nobody yet.
func NewOpenID(c OpenIDConfig, now func() time.Time) *OpenID {
	if now == nil {
		now = time.Now
	}
	return &OpenID{config: c, client: &http.Client{Timeout: providerLimit}, now: now}
}

// Name is what the provider is called.
func (o *OpenID) Name() string { return o.config.Name }

// flow is a sign-in under way. It travels in the browser's own cookie, so that
// any server of several can finish it.
type flow struct {
	State    string `json:"s"`
	Nonce    string `json:"n"`
	Verifier string `json:"v"`
	Until    int64  `json:"u"` // Unix s
}

func (o *OpenID) sign(payload string) string {
	k := Keeper{key: o.config.Key}
	return base64.RawURLEncoding.EncodeToString(k.sum("openid", payload))
}

// seal is a flow as its cookie has it.
func (o *OpenID) seal(f flow) string {
	b, _ := json.Marshal(f) // texts and a number
	payload := base64.RawURLEncoding.EncodeToString(b)
	return payload + "." + o.sign(payload)
}

// unseal reads it; false for one that is not ours or too old.
func (o *OpenID) unseal(cookie string) (f flow, ok bool) {
	payload, mac, ok := strings.Cut(cookie, ".")
	if !ok || !hmac.Equal([]byte(mac), []byte(o.sign(payload))) {
		return flow{}, false
	}
	b, err := base64.RawURLEncoding.DecodeString(payload)
	if err != nil || json.Unmarshal(b, &f) != nil || o.now().Unix() >= f.Until {
		return flow{}, false
	}
	return f, true
}

// ready asks the provider for its addresses and keys, until it has answered once.
func (o *OpenID) ready(ctx context.Context) (*oidc.Provider, *oauth2.Config, error) {
	o.mu.Lock()
	p := o.provider
	o.mu.Unlock()
	if p == nil {
		// The provider remembers the context of its discovery for fetching keys
		// later, and wants of it nothing but the client.
		found, err := oidc.NewProvider(oidc.ClientContext(context.WithoutCancel(ctx), o.client), o.config.Issuer)
		if err != nil {
			return nil, nil, unavailable(fmt.Errorf("openid: %w", err))
		}
		o.mu.Lock()
		if o.provider == nil {
			o.provider = found
		}
		p = o.provider
		o.mu.Unlock()
	}
	return p, &oauth2.Config{
		ClientID: o.config.ClientID, ClientSecret: o.config.ClientSecret, Endpoint: p.Endpoint(),
		RedirectURL: o.config.Redirect, Scopes: []string{oidc.ScopeOpenID, "email", "profile"},
	}, nil
}

// Begin returns where the browser goes, and the cookie that it takes along.
func (o *OpenID) Begin(ctx context.Context) (to, cookie string, err error) {
	_, c, err := o.ready(ctx)
	if err != nil {
		return "", "", err
	}
	f := flow{State: NewSecret(), Nonce: NewSecret(), Verifier: oauth2.GenerateVerifier(), Until: o.now().Add(flowTime).Unix()}
	return c.AuthCodeURL(f.State, oidc.Nonce(f.Nonce), oauth2.S256ChallengeOption(f.Verifier)), o.seal(f), nil
}

// identity is what the provider says of a person.
type identity struct {
	subject string // issuer and subject, one space between
	email   string // lower case; empty unless it is verified
}

// finish exchanges a code for the provider's word. What does not fit is
// CodeSignInWrong, whatever it was.
func (o *OpenID) finish(ctx context.Context, state, code, cookie string) (identity, error) {
	wrong := func(why error) (identity, error) {
		return identity{}, &protocol.Fault{Code: protocol.CodeSignInWrong, Cause: why}
	}
	f, ok := o.unseal(cookie)
	if !ok || state == "" || !hmac.Equal([]byte(state), []byte(f.State)) {
		return wrong(errors.New("openid: no such sign-in is under way"))
	}
	p, c, err := o.ready(ctx)
	if err != nil {
		return identity{}, err
	}
	ctx = oidc.ClientContext(ctx, o.client)
	token, err := c.Exchange(ctx, code, oauth2.VerifierOption(f.Verifier))
	if refused, no := errors.AsType[*oauth2.RetrieveError](err); no && refused.Response != nil && refused.Response.StatusCode < 500 {
		return wrong(errors.New("openid: the code was refused")) // its answer may have secrets in it
	}
	if err != nil {
		return identity{}, unavailable(fmt.Errorf("openid: %w", err))
	}
	raw, _ := token.Extra("id_token").(string)
	id, err := p.Verifier(&oidc.Config{ClientID: o.config.ClientID, Now: o.now}).Verify(ctx, raw)
	if err != nil {
		return wrong(err)
	}
	if !hmac.Equal([]byte(id.Nonce), []byte(f.Nonce)) {
		return wrong(errors.New("openid: another nonce"))
	}
	var claims struct {
		Email    string `json:"email"`
		Verified bool   `json:"email_verified"`
	}
	if err := id.Claims(&claims); err != nil {
		return wrong(err)
	}
	who := identity{subject: id.Issuer + " " + id.Subject}
	if claims.Verified {
		who.email = Login(claims.Email)
	}
	return who, nil
}

// SignInOpenID begins a session of the account that the provider's word belongs
// to: by the subject, or the first time by a login that is the verified address.
// No account is made by itself.
func (d *Door) SignInOpenID(ctx context.Context, o *OpenID, state, code, flowCookie, former string, v Visitor) (string, error) {
	if wait, ok := d.tries.Allow(AddrKey(v.Addr), 1, d.now()); !ok {
		return "", limited(wait)
	}
	who, err := o.finish(ctx, state, code, flowCookie)
	if err != nil {
		if protocol.AsFault(err).Code == protocol.CodeSignInWrong {
			d.failed(schedule.Account{}, v)
		}
		return "", err
	}
	a, err := d.of(ctx, who)
	if err == nil && (a.ID == "" || a.Disabled) {
		d.failed(a, v)
		err = protocol.Fail(protocol.CodeSignInWrong)
	}
	if err != nil {
		return "", err
	}
	cookie, _, err := d.admit(ctx, a, former, v)
	return cookie, err
}

// of finds the account of an identity; none is no error.
func (d *Door) of(ctx context.Context, who identity) (schedule.Account, error) {
	a, found, err := d.deps.Store.AccountOfSubject(ctx, who.subject)
	if err != nil {
		return a, unavailable(err)
	}
	if found || who.email == "" {
		return a, nil
	}
	a, found, err = d.deps.Store.AccountOfLogin(ctx, who.email)
	if err != nil {
		return a, unavailable(err)
	}
	if !found || a.Disabled || a.Subject != "" { // another person at the provider has it
		return schedule.Account{}, nil
	}
	next := a
	next.Subject, next.ChangedAt = who.subject, Changed(a, d.now())
	if _, err := d.deps.Store.SaveAccount(ctx, next, a.ChangedAt, false, ""); err != nil {
		return schedule.Account{}, unavailable(err)
	}
	return next, nil
}
