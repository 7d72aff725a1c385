package turn

import (
	"context"
	"fmt"
	"log/slog"

	"github.com/pion/logging"
)

// loggers hands Pion a logger that writes at debug level alone. Pion reports each
// refusal, and its messages hold addresses.
type loggers struct{ log *slog.Logger }

func (l loggers) NewLogger(scope string) logging.LeveledLogger {
	return logger{l.log.With("pion", scope)}
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
