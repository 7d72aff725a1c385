// Package sheet is the page to hand to a company's network people: which ports
// of this server carry what, made from the settings that it runs with.
//
// A Sheet owns nothing that changes. A page of the client was rejected: who needs
// the sheet sits behind a firewall, and it must be readable without a script. So
// was a document beside the program: it would tell of another server's ports.
package sheet

import (
	"bytes"
	"embed"
	"fmt"
	"html/template"
	"net"
	"net/http"
	"net/netip"
	"os"
	"strconv"
	"time"

	"golang.org/x/text/language"
)

// Path is where the sheet is served, with everything of it below.
const Path = "/network"

// Config is what the sheet tells.
type Config struct {
	URL       string       // what people have in their address bar
	Host      string       // its name or address
	Port      uint16       // of the pages
	Addresses []netip.Addr // of the media
	TURNTLS   string       // host:port of TURN by TLS; empty for none
	Streams   uint16       // TCP port that takes TURN and ICE-TCP without TLS, when it is not Port; 0 for none
	UDP       uint16       // of the media; 0 for none
	TCP       uint16       // of the media; 0 for none
	TURNUDP   uint16       // 0 for none
	Hall      *Hall        // a certificate that devices have to be told to trust; nil: they do
	Now       func() time.Time
}

// Hall is the certificate of a closed hall.
type Hall struct {
	File  string    // PEM
	Print string    // SHA-256
	Until time.Time // it holds
}

//go:embed sheet.html sheet.css
var files embed.FS

// New makes the handler of everything below Path.
func New(c Config) (http.Handler, error) {
	if c.Now == nil {
		c.Now = time.Now
	}
	page, err := template.ParseFS(files, "sheet.html")
	if err != nil {
		return nil, err
	}
	style, err := files.ReadFile("sheet.css")
	if err != nil {
		return nil, err
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET "+Path, func(w http.ResponseWriter, r *http.Request) {
		var b bytes.Buffer
		if err := page.Execute(&b, c.view(r)); err != nil {
			http.Error(w, "The sheet cannot be written.", http.StatusInternalServerError)
			return
		}
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		w.Header().Set("Cache-Control", "no-store")
		w.Header().Set("Vary", "Accept-Language")
		_, _ = w.Write(b.Bytes())
	})
	mux.HandleFunc("GET "+Path+"/sheet.css", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/css; charset=utf-8")
		w.Header().Set("Cache-Control", "no-cache")
		_, _ = w.Write(style)
	})
	if c.Hall != nil {
		root, err := os.ReadFile(c.Hall.File)
		if err != nil {
			return nil, fmt.Errorf("sheet: %w", err)
		}
		mux.HandleFunc("GET "+Path+"/hall.crt", func(w http.ResponseWriter, _ *http.Request) {
			// By this type, phones offer to install it.
			w.Header().Set("Content-Type", "application/x-x509-ca-cert")
			w.Header().Set("Content-Disposition", `attachment; filename="hall.crt"`)
			w.Header().Set("Cache-Control", "no-store")
			_, _ = w.Write(root)
		})
	}
	return mux, nil
}

// row is a line of the table of ports.
type row struct {
	To, Port, Protocol string
	Need               string // words of need
	For                []string
}

// view is what the page is made of.
type view struct {
	words
	Config
	Lang   string
	Rows   []row
	IPs    []string
	Day    string
	Until  string
	Needed string // host:port of the one that is enough; empty: there is none
}

func (c Config) view(r *http.Request) view {
	lang := languageOf(r)
	w := wordsOf(lang)
	v := view{words: w, Config: c, Lang: lang, Day: c.Now().UTC().Format("2006-01-02")}
	if c.Hall != nil {
		v.Until = c.Hall.Until.UTC().Format("2006-01-02")
	}
	for _, a := range shown(c.Addresses) {
		v.IPs = append(v.IPs, a.String())
	}
	number := func(p uint16) string { return strconv.Itoa(int(p)) }
	pages := row{To: c.Host, Port: number(c.Port), Protocol: "TCP", Need: w.Required, For: []string{w.ForPages}}
	relayed := c.TURNTLS != "" && c.TURNTLS == net.JoinHostPort(c.Host, number(c.Port))
	media := w.Better
	switch {
	case relayed:
		pages.For = append(pages.For, w.ForRelay)
		v.Needed = "TCP " + number(c.Port)
	case c.TURNTLS == "":
		media = w.OneOf // without a relay by TLS, some port of the media must be open
	}
	v.Rows = append(v.Rows, pages)
	add := func(to string, port uint16, protocol, need, purpose string) {
		if port != 0 {
			v.Rows = append(v.Rows, row{To: to, Port: number(port), Protocol: protocol, Need: need, For: []string{purpose}})
		}
	}
	if c.TURNTLS != "" && !relayed {
		if host, port, err := net.SplitHostPort(c.TURNTLS); err == nil {
			v.Rows = append(v.Rows, row{To: host, Port: port, Protocol: "TCP", Need: w.Required, For: []string{w.ForRelay}})
		}
	}
	add(w.Above, c.UDP, "UDP", media, w.ForMedia)
	add(w.Above, c.Streams, "TCP", orOptional(media == w.OneOf, w), w.ForMediaTCP)
	add(w.Above, c.TCP, "TCP", orOptional(media == w.OneOf, w), w.ForMediaTCP)
	add(c.Host, c.TURNUDP, "UDP", w.Optional, w.ForTURN)
	return v
}

func orOptional(oneOf bool, w words) string {
	if oneOf {
		return w.OneOf
	}
	return w.Optional
}

// shown are the addresses that another network can let through: those of the
// hall's own are nothing to it, unless there are no others.
func shown(all []netip.Addr) []netip.Addr {
	var public, private []netip.Addr
	for _, a := range all {
		switch {
		case a.IsLoopback():
		case a.IsPrivate():
			private = append(private, a)
		default:
			public = append(public, a)
		}
	}
	switch {
	case len(public) > 0:
		return public
	case len(private) > 0:
		return private
	}
	return all
}

// languageOf is Korean or English: as asked for, or else as the browser reads.
func languageOf(r *http.Request) string {
	if asked := r.URL.Query().Get("lang"); asked == "ko" || asked == "en" {
		return asked
	}
	wanted, _, err := language.ParseAcceptLanguage(r.Header.Get("Accept-Language"))
	if err != nil || len(wanted) == 0 {
		return "en"
	}
	if _, at, _ := language.NewMatcher([]language.Tag{language.English, language.Korean}).Match(wanted...); at == 1 {
		return "ko"
	}
	return "en"
}
