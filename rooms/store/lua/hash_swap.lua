-- Replaces one field of a hash, if it still is what the caller saw.
-- KEYS[1]  hash
-- ARGV[1]  field
-- ARGV[2]  value that the caller saw
-- ARGV[3]  new value
-- returns  1 when replaced, 0 when it is another one by now
if redis.call("HGET", KEYS[1], ARGV[1]) ~= ARGV[2] then
  return 0
end
redis.call("HSET", KEYS[1], ARGV[1], ARGV[3])
return 1
