-- Counts a start of a node and declares that incarnation alive.
-- KEYS[1]  incarnation counter, string
-- KEYS[2]  alive, string
-- ARGV[1]  time to live of the sign of life, ms
-- returns  the new incarnation
local incarnation = redis.call("INCR", KEYS[1])
redis.call("SET", KEYS[2], incarnation, "PX", ARGV[1])
return incarnation
