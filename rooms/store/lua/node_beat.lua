-- Renews a node's sign of life, unless the node was started anew meanwhile.
-- KEYS[1]  incarnation counter, string
-- KEYS[2]  alive, string
-- ARGV[1]  incarnation of the caller
-- ARGV[2]  time to live, ms
-- returns  1 when renewed, 0 when a later incarnation exists
local newest = redis.call("GET", KEYS[1])
if newest and tonumber(newest) > tonumber(ARGV[1]) then
  return 0
end
-- A Redis that lost its data must not hand this incarnation out again.
redis.call("SET", KEYS[1], ARGV[1])
redis.call("SET", KEYS[2], ARGV[1], "PX", ARGV[2])
return 1
