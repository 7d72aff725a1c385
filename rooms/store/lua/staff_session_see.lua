-- Notes when something was last used, unless it is gone.
-- KEYS[1]  the things, hash by id
-- KEYS[2]  seen, hash: id to Unix ms
-- ARGV[1]  id
-- ARGV[2]  Unix ms
-- returns  1 when it is there, 0 when not
if redis.call("HEXISTS", KEYS[1], ARGV[1]) == 0 then
  return 0
end
redis.call("HSET", KEYS[2], ARGV[1], ARGV[2])
return 1
