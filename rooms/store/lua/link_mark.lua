-- Sets a mark on a link that exists: "used" keeps its first value, any other
-- takes the new one.
-- KEYS[1]  link, hash
-- ARGV[1]  mark: used or revoked
-- ARGV[2]  value
-- returns  1 when the link exists, 0 when not
if redis.call("EXISTS", KEYS[1]) == 0 then
  return 0
end
if ARGV[1] == "used" then
  redis.call("HSETNX", KEYS[1], ARGV[1], ARGV[2])
else
  redis.call("HSET", KEYS[1], ARGV[1], ARGV[2])
end
return 1
