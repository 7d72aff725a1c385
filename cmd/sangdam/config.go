package main

import (
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/netip"
	"net/url"
	"sort"
	"strings"

	"github.com/alecthomas/kong"
	kongyaml "github.com/alecthomas/kong-yaml"
	"gopkg.in/yaml.v3"
)

const envPrefix = "SANGDAM"

// Config is everything that can be set: each field is a flag, a SANGDAM_*
// variable and a key of the YAML file, in this order of precedence.
// deploy/sangdam.yaml documents them for the person who runs the server.
// Subcommands that need less of it embed the parts.
type Config struct {
	Edge   `embed:""`
	Memory `embed:""`
	Folder `embed:""`
	Mail   Mail    `embed:"" prefix:"mail-"`
	OpenID OpenID  `embed:"" prefix:"openid-"`
	Hooks  Hooks   `embed:"" prefix:"hooks-"`
	Node   string  `default:"main" placeholder:"NAME" help:"Name of this server among several on one Redis."`
	Media  Media   `embed:"" prefix:"media-"`
	TURN   TURN    `embed:"" prefix:"turn-"`
	Log    Logging `embed:"" prefix:"log-"`

	Metrics string `placeholder:"ADDR" help:"Address and port for Prometheus, apart from the pages: /metrics tells much. Nothing set: no metrics are served."`
}

// Edge is where pages and signalling are served.
type Edge struct {
	Listen    string `default:"127.0.0.1:8080" placeholder:"ADDR" help:"Address and TCP port of everything that comes by TCP: pages, signalling, TURN and ICE-TCP. With TLS here it is :443."`
	PublicURL string `name:"public-url" placeholder:"URL" help:"What people have in their address bar, e.g. https://meet.example.kr; links start with it."`
	TLS       TLS    `embed:"" prefix:"tls-"`

	TrustedProxies []string `placeholder:"CIDR,…" help:"Networks of the proxies in front, whose X-Forwarded-For and PROXY headers are believed."`
}

// Memory is where the program's memory is.
type Memory struct {
	Redis string `placeholder:"URL" help:"Redis that keeps timetable, presence and record: redis://[user:password@]host:port/db."`
}

// Folder is what must survive on disk.
type Folder struct {
	Data    string `placeholder:"DIR" help:"Folder for the record's spool and the key that links derive from. It must survive a restart."`
	LinkKey string `placeholder:"BASE64" help:"The key that links derive from, 32 bytes, for several servers on one Redis. Nothing set: the data folder's, made at the first start."`
}

// Mail is how invitations are sent.
type Mail struct {
	SMTP    string `name:"smtp" placeholder:"URL" help:"Mail server: smtp://user:password@mail.example.kr:587, or smtps://…:465. Nothing set: no mail is sent."`
	From    string `placeholder:"ADDR" help:"Address that invitations come from."`
	ReplyTo string `placeholder:"ADDR" help:"Address that answers go to; that of mail-from when not given."`
}

// Hooks says where webhooks may go.
type Hooks struct {
	Networks []string `placeholder:"CIDR,…" help:"Private networks whose addresses a webhook may have, e.g. 192.168.10.0/24. Nothing set: the open internet alone."`
}

// networks are those that webhooks may reach although they are private.
func (h *Hooks) networks() ([]netip.Prefix, error) { return prefixes("hooks-networks", h.Networks) }

// OpenID is the identity provider that staff may sign in with.
type OpenID struct {
	Issuer       string `placeholder:"URL" help:"Issuer of OpenID Connect, e.g. https://login.example.kr. Nothing set: staff sign in with passphrases alone."`
	ClientID     string `placeholder:"ID" help:"What this server is called there. Its redirect address there is public-url and /api/v1/sign-in/openid/callback."`
	ClientSecret string `placeholder:"SECRET" help:"Its secret there; it belongs rather into SANGDAM_OPENID_CLIENT_SECRET."`
	Name         string `placeholder:"NAME" help:"What the button on the sign-in page calls the provider."`
}

// check finds what the provider would not be reached with.
func (o *OpenID) check() error {
	if o.Issuer == "" && o.ClientID == "" && o.ClientSecret == "" {
		return nil
	}
	if o.Issuer == "" || o.ClientID == "" {
		return fmt.Errorf("openid-issuer and openid-client-id belong together: one of them is missing")
	}
	u, err := url.Parse(o.Issuer)
	loopback := err == nil && (u.Hostname() == "localhost" || u.Hostname() == "127.0.0.1" || u.Hostname() == "::1")
	if err != nil || u.Host == "" || u.Scheme != "https" && !(u.Scheme == "http" && loopback) {
		return fmt.Errorf("openid-issuer: %q is not like https://login.example.kr", o.Issuer)
	}
	if o.Name == "" {
		o.Name = u.Hostname()
	}
	return nil
}

// Logging says how much is written to standard error, and how.
type Logging struct {
	Level  string `enum:"debug,info,warn,error" default:"info" help:"Least level that is written: debug, info, warn or error."`
	Format string `enum:"text,json" default:"text" help:"text or json."`
}

// check finds what no flag parser can: settings that contradict each other.
func (c *Config) check() error {
	if err := c.Edge.check(); err != nil {
		return err
	}
	if (c.Mail.SMTP == "") != (c.Mail.From == "") {
		return fmt.Errorf("mail-smtp and mail-from belong together: one of them is missing")
	}
	if _, err := c.Hooks.networks(); err != nil {
		return err
	}
	if err := c.OpenID.check(); err != nil {
		return err
	}
	return errors.Join(c.Media.check(), c.TURN.check())
}

func (c *Edge) check() error {
	if _, _, err := net.SplitHostPort(c.Listen); err != nil {
		return fmt.Errorf("listen: %q is not an address with a port, like 0.0.0.0:8080", c.Listen)
	}
	if _, err := c.proxies(); err != nil {
		return err
	}
	if c.PublicURL != "" {
		u, err := url.Parse(c.PublicURL)
		if err != nil || u.Host == "" || (u.Scheme != "https" && u.Scheme != "http") {
			return fmt.Errorf("public-url: %q is not like https://meet.example.kr", c.PublicURL)
		}
		if u.Path != "" && u.Path != "/" {
			return fmt.Errorf("public-url: %q must not have a path", c.PublicURL)
		}
	}
	return c.TLS.check(c.PublicURL)
}

// proxies are the networks whose word about a visitor's address is believed.
func (c *Edge) proxies() ([]netip.Prefix, error) {
	return prefixes("trusted-proxies", c.TrustedProxies)
}

// prefixes reads the networks of a setting.
func prefixes(setting string, texts []string) ([]netip.Prefix, error) {
	var out []netip.Prefix
	for _, s := range texts {
		p, err := netip.ParsePrefix(strings.TrimSpace(s))
		if err != nil {
			return nil, fmt.Errorf("%s: %q is not a network like 127.0.0.0/8", setting, s)
		}
		out = append(out, p)
	}
	return out, nil
}

// publicURL is what links start with, without a slash at the end.
func (c *Edge) publicURL(bound net.Addr) string {
	if c.PublicURL != "" {
		return strings.TrimSuffix(c.PublicURL, "/")
	}
	scheme := "http"
	if c.TLS.on() {
		scheme = "https"
	}
	at := c.Listen
	if bound != nil {
		at = bound.String() // the port that was given for :0
	}
	host, port, err := net.SplitHostPort(at)
	if err != nil {
		return scheme + "://" + at
	}
	if ip, err := netip.ParseAddr(host); err == nil && ip.IsUnspecified() {
		host = "localhost"
	}
	return scheme + "://" + net.JoinHostPort(host, port)
}

// logger writes to w as Logging says.
func (l *Logging) logger(w io.Writer) *slog.Logger {
	var level slog.Level
	if err := level.UnmarshalText([]byte(l.Level)); err != nil {
		level = slog.LevelInfo // the parser lets no other word through
	}
	options := &slog.HandlerOptions{Level: level}
	if l.Format == "json" {
		return slog.New(slog.NewJSONHandler(w, options))
	}
	return slog.New(slog.NewTextHandler(w, options))
}

// settings resolves flags from a YAML file. A key is a flag's name, or its
// parts nested: media-udp or media: {udp: …}; it holds for every subcommand
// that has the flag.
type settings struct {
	values kong.Resolver
	keys   []string
}

// loadSettings reads a YAML file for kong.
func loadSettings(r io.Reader) (kong.Resolver, error) {
	text, err := io.ReadAll(r)
	if err != nil {
		return nil, err
	}
	tree := map[string]any{}
	if err := yaml.Unmarshal(text, &tree); err != nil {
		return nil, fmt.Errorf("the settings file is not YAML: %w", err)
	}
	values, err := kongyaml.Loader(strings.NewReader(string(text)))
	if err != nil {
		return nil, err
	}
	return &settings{values: values, keys: keysOf("", tree)}, nil
}

// Validate refuses keys that no flag has: a misspelt setting that is silently
// ignored is found on the day of the event.
func (s *settings) Validate(app *kong.Application) error {
	known := map[string]bool{}
	for _, command := range app.Leaves(true) {
		for _, flag := range command.Flags {
			known[flag.Name] = true
		}
	}
	var unknown []string
	for _, key := range s.keys {
		if !known[key] {
			unknown = append(unknown, key)
		}
	}
	if len(unknown) == 0 {
		return nil
	}
	sort.Strings(unknown)
	return fmt.Errorf("the settings file has keys that mean nothing: %s", strings.Join(unknown, ", "))
}

// Resolve looks a flag up as if it were the application's own, whichever
// subcommand it stands at.
func (s *settings) Resolve(ctx *kong.Context, _ *kong.Path, flag *kong.Flag) (any, error) {
	return s.values.Resolve(ctx, &kong.Path{App: ctx.Model}, flag)
}

// keysOf flattens a tree of settings into flag names.
func keysOf(prefix string, tree map[string]any) []string {
	var out []string
	for key, value := range tree {
		if sub, ok := value.(map[string]any); ok {
			out = append(out, keysOf(prefix+key+"-", sub)...)
			continue
		}
		out = append(out, prefix+key)
	}
	sort.Strings(out)
	return out
}
