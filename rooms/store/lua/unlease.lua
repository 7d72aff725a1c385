-- Gives a lease back, if it is still the caller's.
-- KEYS[1]  lease, string "INCARNATION NODE"
-- ARGV[1]  "INCARNATION NODE" of the caller
-- returns  1 when it was given back, 0 when it was not the caller's
if redis.call("GET", KEYS[1]) == ARGV[1] then
  return redis.call("DEL", KEYS[1])
end
return 0
