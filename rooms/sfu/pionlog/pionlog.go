// Package pionlog lets Pion write to our log, at debug level alone: it warns once
// for every stray packet and each refusal, and its messages hold addresses.
//
// A Factory owns nothing but its destination. Raising the level of what Pion calls
// an error was rejected: most of these are what a stranger sent.
package pionlog

import (
	"context"
	"fmt"
	"log/slog"

	"github.com/pion/logging"
)

// Factory makes Pion's loggers.
type Factory struct{ Log *slog.Logger }

// NewLogger implements logging.LoggerFactory.
func (f Factory) NewLogger(scope string) logging.LeveledLogger {
	return logger{f.Log.With("pion", scope)}
}

type logger struct{ log *slog.Logger }

func (l logger) debugf(format string, args ...any) {
	if l.log.Enabled(context.Background(), slog.LevelDebug) {
		l.log.Debug(fmt.Sprintf(format, args...))
	}
}

func (logger) Trace(string)                     {}
func (logger) Tracef(string, ...any)            {}
func (logger) Debug(string)                     {}
func (logger) Debugf(string, ...any)            {}
func (logger) Info(string)                      {}
func (logger) Infof(string, ...any)             {}
func (l logger) Warn(msg string)                { l.debugf("%s", msg) }
func (l logger) Warnf(f string, a ...any)       { l.debugf(f, a...) }
func (l logger) Error(msg string)               { l.debugf("%s", msg) }
func (l logger) Errorf(format string, a ...any) { l.debugf(format, a...) }
