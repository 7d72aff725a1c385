package store

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/redis/go-redis/v9"

	"sangdam/rooms/schedule"
)

// Errors of accounts, told apart with errors.Is.
var (
	// ErrTaken: another account has this login or subject.
	ErrTaken = errors.New("taken by another account")
	// ErrLastAdministrator: nobody would be left who can administer.
	ErrLastAdministrator = errors.New("the last administrator")
)

// keptSession has its end as a number besides, for the script.
type keptSession struct {
	schedule.StaffSession
	Until int64 `json:"until"` // Unix ms
}

// Accounts lists all accounts, by login.
func (s *Store) Accounts(ctx context.Context) ([]schedule.Account, error) {
	all, err := s.rdb.HVals(ctx, keyAccounts).Result()
	if err != nil {
		return nil, fmt.Errorf("accounts: %w", err)
	}
	out := make([]schedule.Account, len(all))
	for i, raw := range all {
		if err := json.Unmarshal([]byte(raw), &out[i]); err != nil {
			return nil, fmt.Errorf("decode an account: %w", err)
		}
	}
	slices.SortFunc(out, func(a, b schedule.Account) int { return cmp.Compare(a.Login, b.Login) })
	return out, nil
}

// Account finds an account by its id.
func (s *Store) Account(ctx context.Context, id schedule.AccountID) (schedule.Account, bool, error) {
	return decodeAccount(s.rdb.HGet(ctx, keyAccounts, string(id)).Result())
}

// AccountOfLogin finds an account by its login, in one round trip whether there
// is one or not.
func (s *Store) AccountOfLogin(ctx context.Context, login string) (schedule.Account, bool, error) {
	return decodeAccount(s.scripts.accountFind.Run(ctx, s.rdb, []string{keyLogins, keyAccounts}, login).Text())
}

// AccountOfSubject finds an account by the issuer and subject of OpenID Connect.
func (s *Store) AccountOfSubject(ctx context.Context, subject string) (schedule.Account, bool, error) {
	return decodeAccount(s.scripts.accountFind.Run(ctx, s.rdb, []string{keySubjects, keyAccounts}, subject).Text())
}

func decodeAccount(raw string, err error) (a schedule.Account, ok bool, _ error) {
	if errors.Is(err, redis.Nil) {
		return a, false, nil
	}
	if err == nil {
		err = json.Unmarshal([]byte(raw), &a)
	}
	if err != nil {
		return a, false, fmt.Errorf("account: %w", err)
	}
	return a, true, nil
}

// stamp is a time as JSON has it; the scripts compare texts.
func stamp(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339Nano)
}

// SaveAccount makes an account, or changes the one that was read with this
// ChangedAt (zero: there is none yet). With end all its sessions but one end in
// the same moment; it returns them. The error is ErrConflict, ErrTaken or
// ErrLastAdministrator when nothing was written for that reason.
func (s *Store) SaveAccount(ctx context.Context, a schedule.Account, read time.Time, end bool, but string) (ended []string, err error) {
	a.CreatedAt, a.ChangedAt = a.CreatedAt.UTC(), a.ChangedAt.UTC()
	b, err := json.Marshal(a)
	if err != nil {
		return nil, fmt.Errorf("encode account %s: %w", a.ID, err)
	}
	flag := ""
	if end {
		flag = "1"
	}
	keys := []string{keyAccounts, keyLogins, keySubjects, keyStaffSessions, keyStaffSeen}
	ended, err = answer(s.scripts.accountSave.Run(ctx, s.rdb, keys, string(a.ID), stamp(read), b, flag, but))
	if err != nil {
		return nil, fmt.Errorf("save account %s: %w", a.ID, err)
	}
	return ended, nil
}

// answer reads what the scripts of accounts return: a verdict, then sessions.
func answer(cmd *redis.Cmd) ([]string, error) {
	res, err := cmd.Slice()
	if err != nil {
		return nil, err
	}
	verdict, _ := res[0].(int64)
	switch verdict {
	case 0:
		return nil, ErrConflict
	case -1:
		return nil, ErrTaken
	case -2:
		return nil, ErrLastAdministrator
	}
	var sessions []string
	for _, v := range res[1:] {
		if id, ok := v.(string); ok {
			sessions = append(sessions, id)
		}
	}
	return sessions, nil
}

// BeginStaffSession keeps a session of an account that was read with this
// ChangedAt, or returns ErrConflict when it is another by now. Sessions that
// were not used for idle are cleared away; an account has at most most of them,
// the one that was used longest ago goes. It returns those that ended.
func (s *Store) BeginStaffSession(ctx context.Context, x schedule.StaffSession, read time.Time, idle time.Duration, most int) (ended []string, err error) {
	b, err := json.Marshal(keptSession{x, x.ExpiresAt.UnixMilli()})
	if err != nil {
		return nil, fmt.Errorf("encode session %s: %w", x.ID, err)
	}
	ended, err = answer(s.scripts.staffSessionSave.Run(ctx, s.rdb, []string{keyAccounts, keyStaffSessions, keyStaffSeen},
		x.ID, b, string(x.Account), stamp(read), x.SeenAt.UnixMilli(), idle.Milliseconds(), most))
	if err != nil {
		return nil, fmt.Errorf("begin session %s: %w", x.ID, err)
	}
	return ended, nil
}

// StaffSession finds a session and its account. Whether it has expired is for
// the caller to say.
func (s *Store) StaffSession(ctx context.Context, id string) (x schedule.StaffSession, a schedule.Account, ok bool, err error) {
	var session, seen *redis.StringCmd
	_, err = s.rdb.Pipelined(ctx, func(p redis.Pipeliner) error {
		session, seen = p.HGet(ctx, keyStaffSessions, id), p.HGet(ctx, keyStaffSeen, id)
		return nil
	})
	if errors.Is(session.Err(), redis.Nil) {
		return x, a, false, nil
	}
	if err == nil || errors.Is(err, redis.Nil) {
		x, err = decodeSession(session.Val(), seen.Val())
	}
	if err != nil {
		return x, a, false, fmt.Errorf("session %s: %w", id, err)
	}
	a, ok, err = s.Account(ctx, x.Account)
	return x, a, ok, err
}

func decodeSession(raw, seen string) (x schedule.StaffSession, err error) {
	err = json.Unmarshal([]byte(raw), &x)
	if at := moment(seen); at != nil {
		x.SeenAt = *at
	}
	return x, err
}

// StaffSessions lists all sessions of all accounts, the last used first.
func (s *Store) StaffSessions(ctx context.Context) ([]schedule.StaffSession, error) {
	var sessions, seen *redis.MapStringStringCmd
	_, err := s.rdb.Pipelined(ctx, func(p redis.Pipeliner) error {
		sessions, seen = p.HGetAll(ctx, keyStaffSessions), p.HGetAll(ctx, keyStaffSeen)
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("sessions: %w", err)
	}
	var out []schedule.StaffSession
	for id, raw := range sessions.Val() {
		x, err := decodeSession(raw, seen.Val()[id])
		if err != nil {
			return nil, fmt.Errorf("decode session %s: %w", id, err)
		}
		out = append(out, x)
	}
	slices.SortFunc(out, func(a, b schedule.StaffSession) int {
		return cmp.Or(b.SeenAt.Compare(a.SeenAt), cmp.Compare(a.ID, b.ID))
	})
	return out, nil
}

// SeeStaffSession notes that a session is used, unless it has ended.
func (s *Store) SeeStaffSession(ctx context.Context, id string, at time.Time) error {
	keys := []string{keyStaffSessions, keyStaffSeen}
	if err := s.scripts.staffSessionSee.Run(ctx, s.rdb, keys, id, at.UnixMilli()).Err(); err != nil {
		return fmt.Errorf("session %s: %w", id, err)
	}
	return nil
}

// EndStaffSession ends a session; found tells whether there was one.
func (s *Store) EndStaffSession(ctx context.Context, id string) (found bool, err error) {
	var gone *redis.IntCmd
	_, err = s.rdb.TxPipelined(ctx, func(p redis.Pipeliner) error {
		gone = p.HDel(ctx, keyStaffSessions, id)
		p.HDel(ctx, keyStaffSeen, id)
		return nil
	})
	if err != nil {
		return false, fmt.Errorf("end session %s: %w", id, err)
	}
	return gone.Val() > 0, nil
}

// StaffToken returns what the token of this hash grants and the session that it
// was got with, while both are there. It is one round trip: a change of the
// account ends the session.
func (s *Store) StaffToken(ctx context.Context, session, sha256hex string) (g schedule.Grants, x schedule.StaffSession, ok bool, err error) {
	var token, kept, seen *redis.StringCmd
	_, err = s.rdb.Pipelined(ctx, func(p redis.Pipeliner) error {
		token = p.Get(ctx, keyToken(sha256hex))
		kept, seen = p.HGet(ctx, keyStaffSessions, session), p.HGet(ctx, keyStaffSeen, session)
		return nil
	})
	if errors.Is(token.Err(), redis.Nil) || errors.Is(kept.Err(), redis.Nil) {
		return g, x, false, nil
	}
	if err != nil && !errors.Is(err, redis.Nil) {
		return g, x, false, fmt.Errorf("token: %w", err)
	}
	if err = json.Unmarshal([]byte(token.Val()), &g); err == nil {
		x, err = decodeSession(kept.Val(), seen.Val())
	}
	if err != nil {
		return g, x, false, fmt.Errorf("decode grants: %w", err)
	}
	return g, x, string(g.Link) == session, nil
}
