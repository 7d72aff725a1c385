-- Ends the presence of somebody whose node died: the entry that says so and
-- the removal are one act, so that of two reapers one writes it, and a Redis
-- that loses its last second loses both and is reaped again.
-- KEYS[1]  presence, hash
-- KEYS[2]  ledger, stream
-- KEYS[3]  chain, hash
-- ARGV[1]  field of the presence
-- ARGV[2]  its value as the caller saw it
-- ARGV[3]  head that the entry was hashed on
-- ARGV[4]  the entry's hash
-- ARGV[5]  the entry as JSON
-- returns  {1 done, 0 another head, or -1 the presence is gone or alive again; head now}
local head = redis.call("HGET", KEYS[3], "head") or ""
if redis.call("HGET", KEYS[1], ARGV[1]) ~= ARGV[2] then
  return {-1, head}
end
if head ~= ARGV[3] then
  return {0, head}
end
redis.call("XADD", KEYS[2], "*", "e", ARGV[5])
redis.call("HSET", KEYS[3], "head", ARGV[4])
redis.call("HINCRBY", KEYS[3], "length", 1)
redis.call("HDEL", KEYS[1], ARGV[1])
return {1, ARGV[4]}
