-- A writer takes its fence away, once none of its commits can land any more, and may leave what it has written.
--
-- KEYS  the carts' hashes
-- ARGV  [2] the fence, [3] how long a document stays in ms, then for each cart its document and its mark ('' ''
--       where none is to be left), then earlier attempts at this fence that may have been set as well
--
-- Answers for each cart with 1 or 0: whether the document was stored.
-- Only a fence that stood alone from start to end is evidence that nobody has written since; without it, also where the
-- fence itself is gone, nobody's document or lease is left either.

local answer = {}
for cart, key in ipairs(KEYS) do
  local alone = redis.call('HGET', key, 'alone') == ARGV[2]
  local document, mark = ARGV[2 + 2 * cart], ARGV[3 + 2 * cart]
  answer[cart] = 0
  -- The document before everything else: a full Redis refuses what needs memory only as a script's first write.
  if alone and document ~= '' then
    local stored = redis.pcall('HSET', key, 'document', document, 'mark', mark)
    if type(stored) == 'number' then answer[cart] = 1 end
  end
  redis.call('HDEL', key, 'fence:' .. ARGV[2], 'lease')
  for at = 4 + 2 * #KEYS, #ARGV do redis.call('HDEL', key, 'fence:' .. ARGV[at]) end
  if answer[cart] == 1 then redis.call('PEXPIRE', key, ARGV[3]) else redis.call('HDEL', key, 'document', 'mark') end
  if alone then redis.call('HDEL', key, 'alone') end
end
return answer
