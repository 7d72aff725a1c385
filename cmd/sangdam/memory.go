package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"os"
	"path/filepath"
	"syscall"

	"sangdam/rooms/store"
	"sangdam/signaling/auth"
)

var (
	errNoRedis = errors.New("no Redis is named: say --redis redis://127.0.0.1:6379/0, or run `sangdam demo` to look around without one")
	errNoData  = errors.New("no data folder is named: say --data DIR; the record passes through it on its way to Redis, and the key of the links is in it")
)

// quiet is for commands that end with a sentence of their own.
var quiet = slog.New(slog.DiscardHandler)

// openStore opens the store and puts a failure into words that tell what to do.
func openStore(ctx context.Context, o store.Options) (*store.Store, error) {
	s, err := store.Open(ctx, o)
	switch {
	case err == nil:
		return s, nil
	case errors.Is(err, store.ErrUnreachable):
		return nil, &failure{
			text:  fmt.Sprintf("Redis does not answer at %s. Start it (`systemctl start redis-server`), or say where it is with --redis URL", redacted(o.URL)),
			cause: err,
		}
	default:
		return nil, fmt.Errorf("open the store at %s: %w", redacted(o.URL), err)
	}
}

// redacted is a URL without its password, fit for terminals and logs.
func redacted(raw string) string {
	u, err := url.Parse(raw)
	if err != nil {
		return "the given URL"
	}
	return u.Redacted()
}

// portTaken says what to do about a port that cannot be had.
func portTaken(setting, addr string, cause error) error {
	switch {
	case errors.Is(cause, syscall.EACCES):
		return &failure{text: fmt.Sprintf("%s may not be listened on: ports below 1024 need the right to (deploy/sangdam.service has AmbientCapabilities=CAP_NET_BIND_SERVICE; by hand `setcap cap_net_bind_service=+ep` on the program). Or set %s to a higher port", addr, setting), cause: cause}
	case errors.Is(cause, syscall.EADDRNOTAVAIL):
		return &failure{text: fmt.Sprintf("%s is no address of this machine: set %s to one of `ip address`, or to a port alone, as in :7000", addr, setting), cause: cause}
	}
	return &failure{text: fmt.Sprintf("%s cannot be listened on: another program may have it. Stop that one, or set %s to something else", addr, setting), cause: cause}
}

// linkKeyFile is where a data folder keeps the key that links derive from.
const linkKeyFile = "link.key"

// keeper opens the key that links derive from: the given one, or else the data
// folder's, which is made when it is not there.
func keeper(linkKey, data string) (*auth.Keeper, error) {
	switch {
	case linkKey != "":
		k, err := auth.ReadKeeper(linkKey)
		if err != nil {
			return nil, &failure{text: "link-key is not 32 bytes in base64: make one with `openssl rand -base64 32`", cause: err}
		}
		return k, nil
	case data == "":
		return nil, errNoData
	}
	if err := os.MkdirAll(data, 0o700); err != nil {
		return nil, &failure{text: "the data folder cannot be made: say --data with one that can be written to", cause: err}
	}
	return auth.KeyFile(filepath.Join(data, linkKeyFile))
}
