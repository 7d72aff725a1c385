package rooms

import (
	"slices"
	"testing"
	"time"

	"sangdam/rooms/schedule"
	"sangdam/rooms/sfu"
)

// voices is a media plane that knows how loud people are.
type voices map[sfu.PeerID][]uint8

func (v voices) Bind(sfu.PeerID, ...sfu.Binding)            {}
func (v voices) Allow(sfu.PeerID, sfu.Source, bool)         {}
func (v voices) Truth(sfu.PeerID) (sfu.Truth, bool)         { return sfu.Truth{}, true }
func (v voices) Levels(p sfu.PeerID) (l sfu.Levels)         { l.Steps = v[p]; return l }
func (v voices) Encodings(sfu.PeerID) (sfu.Encodings, bool) { return sfu.Encodings{}, false }
func (v voices) say(c schedule.ConsultationID, r ...schedule.Role) {
	clear(v)
	for _, one := range r {
		v[sfu.PeerID("peer-"+schedule.SeatOf(c, one))] = slices.Repeat([]uint8{30}, 10)
	}
}

func TestEar_HearsTheTwoWhoSpokeLast(t *testing.T) {
	const firm, buyer, interpreter = schedule.RoleFirm, schedule.RoleBuyer, schedule.RoleInterpreter
	scene, _ := hallOf(1)
	people, v, at := scene["S00"], voices{}, time.Unix(100, 0)
	var e ear
	var now [sfu.WallAudios]place
	next := func(speakers ...schedule.Role) []schedule.Role {
		at = at.Add(listenEvery)
		v.say("S00", speakers...)
		now = e.choose(people, "S00", now, v, at)
		var roles []schedule.Role
		for _, p := range now {
			_, r := p.seat.Split()
			roles = append(roles, r)
		}
		return roles
	}
	for i, tt := range []struct{ speak, hear []schedule.Role }{
		{nil, []schedule.Role{firm, buyer}},
		{[]schedule.Role{firm}, []schedule.Role{firm, buyer}},
		{[]schedule.Role{interpreter}, []schedule.Role{firm, interpreter}}, // the buyer never spoke
		{[]schedule.Role{buyer}, []schedule.Role{buyer, interpreter}},      // the firm spoke the longest ago
		{nil, []schedule.Role{buyer, interpreter}},
		{[]schedule.Role{buyer, interpreter}, []schedule.Role{buyer, interpreter}},
		{[]schedule.Role{firm, buyer, interpreter}, []schedule.Role{buyer, interpreter}}, // all at once: nobody is cut off
		{[]schedule.Role{firm, interpreter}, []schedule.Role{firm, interpreter}},
	} {
		if got := next(tt.speak...); !slices.Equal(got, tt.hear) {
			t.Errorf("%d: %v speak, %v are heard", i, tt.speak, got)
		}
	}
	people = people[1:]
	if got := next(); !slices.Equal(got, []schedule.Role{buyer, interpreter}) {
		t.Errorf("the firm left: %v", got)
	}
}

func TestSpeaks_OnlyAfter300msOfVoice(t *testing.T) {
	for name, tt := range map[string]struct {
		steps []uint8
		want  bool
	}{
		"nothing known":   {nil, false},
		"silence":         {[]uint8{127, 127, 127, 127, 127, 127}, false},
		"a cough":         {[]uint8{127, 127, 127, 127, 20, 20}, false},
		"300 ms":          {[]uint8{127, 127, 127, 30, 30, 30}, true},
		"with a gap":      {[]uint8{127, 30, 127, 30, 127, 30}, true},
		"some time ago":   {[]uint8{30, 30, 30, 30, 127, 127, 127, 127, 127, 127}, false},
		"the room's hum":  {[]uint8{60, 60, 60, 60, 60, 60}, false},
		"only just begun": {[]uint8{30, 30}, false},
	} {
		if got := speaks(sfu.Levels{Steps: tt.steps}); got != tt.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}
