-- Takes or renews the right to run a room.
-- An owner is a node in one of its incarnations. A later incarnation takes the
-- lease from an earlier one at once: that process is dead, or the node's name
-- is given out twice, and then the newer one wins.
-- KEYS[1]  lease, string "INCARNATION NODE"
-- ARGV[1]  incarnation of the caller
-- ARGV[2]  node of the caller
-- ARGV[3]  time to live, ms
-- returns  {1, node} when the caller has it, {0, node that has it} when not
local held = redis.call("GET", KEYS[1])
if held then
  local incarnation, node = string.match(held, "^(%d+) (.*)$")
  if node ~= ARGV[2] or tonumber(incarnation) > tonumber(ARGV[1]) then
    return {0, node}
  end
end
redis.call("SET", KEYS[1], ARGV[1] .. " " .. ARGV[2], "PX", ARGV[3])
return {1, ARGV[2]}
