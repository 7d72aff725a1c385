package store

import (
	"testing"

	"github.com/redis/go-redis/v9"

	"sangdam/rooms/store/storetest"
)

func TestDurability_SaysWhatRedisWouldLose(t *testing.T) {
	url, _, _ := storetest.Redis(t)
	s, err := Open(t.Context(), Options{URL: url})
	must(t, err)
	defer s.Close()
	o, err := redis.ParseURL(url)
	must(t, err)
	c := redis.NewClient(o)
	defer c.Close()
	set := func(key, value string) { t.Helper(); must(t, c.ConfigSet(t.Context(), key, value).Err()) }
	is := func(want Durability) {
		t.Helper()
		got, err := s.Durability(t.Context())
		must(t, err)
		if got != want {
			t.Errorf("%+v, want %+v", got, want)
		}
	}
	is(Durability{Appends: true})
	set("maxmemory-policy", "allkeys-lru")
	is(Durability{Appends: true}) // there is no limit
	set("maxmemory", "100mb")
	is(Durability{Appends: true, Evicts: "allkeys-lru"})
	set("maxmemory-policy", "noeviction")
	set("appendonly", "no")
	is(Durability{})
}
