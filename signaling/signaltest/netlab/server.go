package netlab

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// Server is a real `sangdam serve` on a real Redis, with one consultation that is
// open now. It can be killed and started again.
type Server struct {
	lab    *Lab
	binary string
	folder string // of all its files; the caller's to remove
	more   []string

	redis *program
	serve *program // nil: it does not run
	links map[string]string
	log   strings.Builder // of those that have ended
}

const (
	// Origin is the server's address in people's address bar.
	Origin = "https://" + serverAddress
	// event and consultation are those of the timetable.
	event        = "netlab"
	consultation = "T01"

	metricsAddress = "127.0.0.1:9100"

	redisURL = "redis://127.0.0.1:6379/0"
)

// StartServer imports a timetable into a new Redis and serves it; more are further
// flags of serve.
func (l *Lab) StartServer(binary, folder string, more ...string) (*Server, error) {
	s := &Server{lab: l, binary: binary, folder: folder, more: more}
	err := writeTimetable(s.file("timetable.csv"))
	if err != nil {
		return nil, err
	}
	s.redis, err = startProgram("redis-server", l.server.command("redis-server",
		"--port", "6379", "--bind", "127.0.0.1", "--dir", folder, "--appendonly", "yes", "--save", ""))
	if err != nil {
		return nil, err
	}
	if err := s.begin(); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

func (s *Server) begin() error {
	if err := s.redis.says(regexp.MustCompile(`Ready to accept connections`), 10*time.Second); err != nil {
		return err
	}
	imported, err := startProgram("sangdam import", s.lab.server.command(s.binary, "import", "--redis", redisURL,
		"--public-url", Origin, "--data", s.file("data"), "--event", event, s.file("timetable.csv")))
	if err != nil {
		return err
	}
	if err := imported.finish(20 * time.Second); err != nil {
		return err
	}
	s.links = make(map[string]string)
	for _, m := range regexp.MustCompile(`(?m)^ {2}(\S.*?) +(https://\S+)$`).FindAllStringSubmatch(imported.said(), -1) {
		s.links[m[1]] = m[2]
	}
	return s.Start()
}

// Start serves, again after a Kill, and returns when it does.
func (s *Server) Start() error {
	args := append([]string{
		"serve", "--listen", serverAddress + ":443", "--public-url", Origin,
		"--tls-self-signed", "--redis", redisURL, "--data", s.file("data"),
		"--media-advertise", serverAddress, "--media-udp", ":7000", "--media-tcp", ":7000",
		"--metrics", metricsAddress,
	}, s.more...)
	var err error
	s.serve, err = startProgram("sangdam serve", s.lab.server.command(s.binary, args...))
	if err != nil {
		return err
	}
	return s.serve.says(regexp.MustCompile(`Sangdam serves https`), 20*time.Second)
}

// Kill ends the server as a power cut would.
func (s *Server) Kill() error { return s.stop(syscall.SIGKILL) }

func (s *Server) stop(signal syscall.Signal) error {
	if s.serve == nil {
		return nil
	}
	err := s.serve.end(signal)
	s.log.WriteString(s.serve.said())
	s.serve = nil
	return err
}

// Link is the link of somebody of the timetable.
func (s *Server) Link(whom string) (string, error) {
	link, ok := s.links[whom]
	if !ok {
		return "", fmt.Errorf("no link for %s among %d", whom, len(s.links))
	}
	return link, nil
}

// Log is what all servers so far have written.
func (s *Server) Log() string {
	if s.serve == nil {
		return s.log.String()
	}
	return s.log.String() + s.serve.said()
}

// Close stops the server and its Redis.
func (s *Server) Close() error {
	return errors.Join(s.stop(syscall.SIGTERM), s.redis.end(syscall.SIGTERM))
}

// Gauges are metrics of the server that have no labels.
func (s *Server) Gauges(ctx context.Context, names ...string) ([]float64, error) {
	client := http.Client{Transport: &http.Transport{
		DisableKeepAlives: true,
		DialContext: func(ctx context.Context, network, address string) (conn net.Conn, err error) {
			err = s.lab.server.do(func() (err error) {
				conn, err = new(net.Dialer).DialContext(ctx, network, address)
				return err
			})
			return conn, err
		},
	}}
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+metricsAddress+"/metrics", nil)
	if err != nil {
		return nil, err
	}
	response, err := client.Do(request)
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		return nil, err
	}
	out := make([]float64, len(names))
	for i, name := range names {
		m := regexp.MustCompile(`(?m)^` + regexp.QuoteMeta(name) + ` (\S+)$`).FindSubmatch(text)
		if m == nil {
			return nil, fmt.Errorf("no metric %s", name)
		}
		if out[i], err = strconv.ParseFloat(string(m[1]), 64); err != nil {
			return nil, err
		}
	}
	return out, nil
}

func (s *Server) file(name string) string { return filepath.Join(s.folder, name) }

// writeTimetable writes one consultation that began a few minutes ago, by the center's clock.
func writeTimetable(file string) error {
	center := time.FixedZone("KST", 9*60*60)
	now := time.Now().In(center)
	start, end := now.Add(-5*time.Minute), now.Add(50*time.Minute)
	// A consultation lies within one day; around midnight take what the day has.
	if start.Day() != now.Day() {
		start = time.Date(now.Year(), now.Month(), now.Day(), 0, 0, 0, 0, center)
	}
	if end.Day() != now.Day() {
		end = time.Date(now.Year(), now.Month(), now.Day(), 23, 59, 0, 0, center)
	}
	return os.WriteFile(file, fmt.Appendf(nil,
		"consultation,date,start,end,timezone,booth,firm,firm_products,buyer,buyer_country,buyer_timezone,buyer_language,interpreter,interpreter_languages\n"+
			"%s,%s,%s,%s,Asia/Seoul,Booth 1,Firm 01,circular knits,Buyer GB-1,GB,Europe/London,en,Interpreter EN,\"ko,en\"\n",
		consultation, start.Format(time.DateOnly), start.Format("15:04"), end.Format("15:04")), 0o600)
}
