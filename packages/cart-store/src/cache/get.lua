-- A reader asks for the document.
--
-- KEYS  the cart's hash
-- ARGV  [2] a new lease, [3] how long it stands at the most in ms, [4] the age in ms from which a fence is stale,
--       [5] the mark of the document that the reader has ('' for none)
--
-- Answers with {'same'} where that is the document, else {'document', text}, {'fenced', stale fences…} or {'lease'}; {'full'}
-- where there is no memory for a lease.

local found = redis.call('HMGET', KEYS[1], 'document', 'mark')
if found[1] then
  if ARGV[5] ~= '' and found[2] == ARGV[5] then return {'same'} end
  return {'document', found[1]}
end

local clock = redis.call('TIME')
local now = clock[1] * 1000 + math.floor(clock[2] / 1000)
local answer = {'fenced'}
local fenced = false
local fields = redis.call('HGETALL', KEYS[1])
for at = 1, #fields, 2 do
  local fence = string.match(fields[at], '^fence:(.*)')
  if fence then
    fenced = true
    if now - tonumber(fields[at + 1]) > tonumber(ARGV[4]) then answer[#answer + 1] = fence end
  end
end
if fenced then return answer end

if type(redis.pcall('HSET', KEYS[1], 'lease', ARGV[2])) ~= 'number' then return {'full'} end
redis.call('PEXPIRE', KEYS[1], ARGV[3])
return {'lease'}
