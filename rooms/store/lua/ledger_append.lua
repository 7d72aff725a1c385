-- Appends a writer's entries to an event's ledger, all in order or none.
-- They are appended only on the head that they were hashed on, and only when
-- all of them are new: an entry is new when its sequence number is higher than
-- the last one taken from its writer. Otherwise nothing happens and the caller
-- learns head and number, drops what is known, hashes anew and comes again.
-- With no entries it merely answers.
-- Words stand beside the chain, so that an entry can take those of others away;
-- it does so in the order of the ledger, however often it is replayed.
-- KEYS[1]  ledger, stream
-- KEYS[2]  chain, hash
-- KEYS[3]  words, hash
-- ARGV[1]  head that the first entry was hashed on; empty for an empty ledger
-- ARGV[2]  writer
-- ARGV[3...]  for each entry: sequence number, hash, entry as JSON, its id, its
--             words as JSON or empty, ids whose words it takes away, with one
--             space between, or empty
-- returns  {1 appended or 0 not, head now, last sequence number of the writer}
local mark = "w:" .. ARGV[2]
local chain = redis.call("HMGET", KEYS[2], "head", mark)
local head = chain[1] or ""
local last = tonumber(chain[2] or "0")
if #ARGV < 8 or head ~= ARGV[1] or tonumber(ARGV[3]) <= last then
  return {0, head, last}
end
local count = 0
for i = 3, #ARGV, 6 do
  redis.call("XADD", KEYS[1], "*", "e", ARGV[i + 2])
  if ARGV[i + 4] ~= "" then
    redis.call("HSET", KEYS[3], ARGV[i + 3], ARGV[i + 4])
  end
  for id in string.gmatch(ARGV[i + 5], "%S+") do
    redis.call("HDEL", KEYS[3], id)
  end
  last = tonumber(ARGV[i])
  head = ARGV[i + 1]
  count = count + 1
end
redis.call("HSET", KEYS[2], "head", head, mark, last)
redis.call("HINCRBY", KEYS[2], "length", count)
return {1, head, last}
