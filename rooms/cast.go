package rooms

import (
	"cmp"
	"slices"
	"time"

	"sangdam/rooms/schedule"
	"sangdam/rooms/sfu"
)

// cast is who of a room can be watched and heard just now: firm, buyer,
// interpreter, then others, and of each those first who came first. It is
// replaced, never written to.
type cast []player

// player is one of them.
type player struct {
	seat    schedule.SeatID
	role    schedule.Role
	session string
	peer    sfu.PeerID
	since   time.Time
	away    bool
	on      []sfu.Source // switched on
	rests   []sfu.Source // of these: not sent just now
	sends   []sfu.Source // of microphone and camera: really received

	spokeAt time.Time // in a scene alone: when it was heard last
}

func (p player) has(s sfu.Source) bool     { return slices.Contains(p.on, s) }
func (p player) resting(s sfu.Source) bool { return slices.Contains(p.rests, s) }
func (p player) sent(s sfu.Source) bool    { return slices.Contains(p.sends, s) }

func (p player) equal(o player) bool {
	return p.seat == o.seat && p.session == o.session && p.peer == o.peer && p.away == o.away &&
		slices.Equal(p.on, o.on) && slices.Equal(p.sends, o.sends) && slices.Equal(p.rests, o.rests)
}

// cast is the room's, as it is now.
func (r *room) cast() cast {
	all := make(cast, 0, len(r.people))
	for _, p := range r.inOrder() {
		one := player{
			seat: p.view.Seat, role: p.view.Role, session: p.view.ID, peer: p.peer, since: p.view.Since,
			away: p.view.Away, on: p.view.Sources, rests: p.view.Resting,
		}
		for _, s := range []sfu.Source{sfu.Microphone, sfu.Camera} {
			if p.flowing[s] {
				one.sends = append(one.sends, s)
			}
		}
		all = append(all, one)
	}
	slices.SortStableFunc(all, func(a, b player) int { return cmp.Compare(rank(a.role), rank(b.role)) })
	return all
}

func rank(r schedule.Role) int {
	return slices.Index([]schedule.Role{schedule.RoleFirm, schedule.RoleBuyer, schedule.RoleInterpreter, schedule.RoleObserver}, r)
}

// setCast takes over who is in a room; mu is held.
func (b *board) setCast(id schedule.ConsultationID, people cast) {
	if slices.EqualFunc(b.casts[id], people, player.equal) {
		return
	}
	for _, p := range b.casts[id] {
		if !slices.ContainsFunc(people, func(o player) bool { return o.session == p.session }) {
			delete(b.spoke, p.session)
		}
	}
	if b.casts[id] = people; len(people) == 0 {
		delete(b.casts, id)
		delete(b.vitals, id)
		delete(b.vitalsAt, id)
	}
	for w := range b.walls {
		w.nudge()
	}
}

// whoIsWhere gives who is in which room, and in which booth the rooms are.
func (b *board) whoIsWhere() (map[schedule.ConsultationID]cast, map[schedule.ConsultationID]schedule.BoothID) {
	b.mu.Lock()
	defer b.mu.Unlock()
	casts := make(map[schedule.ConsultationID]cast, len(b.casts))
	booths := make(map[schedule.ConsultationID]schedule.BoothID, len(b.casts))
	for id, people := range b.casts {
		casts[id], booths[id] = people, b.rows[id].Consultation.Booth
	}
	return casts, booths
}

// nudgeWalls makes all walls look again: somebody else may be speaking.
func (b *board) nudgeWalls() {
	b.mu.Lock()
	defer b.mu.Unlock()
	for w := range b.walls {
		w.nudge()
	}
}
