-- A writer sets its fence on one cart or two: from here on nobody gets a document, nobody fills.
--
-- KEYS  the carts' hashes
-- ARGV  [2] the fence, [3] how long the keys stay in ms, [4] the age in ms from which a fence is stale
--
-- Answers for each cart with its stale fences, for the writer to have them reaped: {{…}, {…}}.
-- Each fence is sent once: where no answer comes, the next attempt is another fence, so that none is set again after it was
-- taken away. A full Redis sets it all the same: it refuses what needs memory only as a script's first write, and deleting
-- needs none.

local clock = redis.call('TIME')
local now = clock[1] * 1000 + math.floor(clock[2] / 1000)
local answer = {}
for cart, key in ipairs(KEYS) do
  local stale = {}
  local others = false
  local fields = redis.call('HGETALL', key)
  for at = 1, #fields, 2 do
    local fence = string.match(fields[at], '^fence:(.*)')
    if fence then
      others = true
      if now - tonumber(fields[at + 1]) > tonumber(ARGV[4]) then stale[#stale + 1] = fence end
    end
  end
  redis.call('HDEL', key, 'document', 'mark', 'lease')
  redis.call('HSET', key, 'fence:' .. ARGV[2], now)
  -- The evidence for the lift: nobody else was there, and whoever comes takes this away.
  if others then redis.call('HDEL', key, 'alone') else redis.call('HSET', key, 'alone', ARGV[2]) end
  redis.call('PEXPIRE', key, ARGV[3])
  answer[cart] = stale
end
return answer
