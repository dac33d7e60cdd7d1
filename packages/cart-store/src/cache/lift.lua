-- A writer takes its fence away, once none of its commits can land any more, and may leave what it has written.
--
-- KEYS  the carts' hashes
-- ARGV  [2] the fence, [3] how long a document stays in ms, then for each cart its document ('' where none is to be left)
--
-- Answers for each cart with 1 or 0: whether the document was stored.
-- Only a fence that stood alone from start to end is evidence that nobody has written since; without it, also where the
-- fence itself is gone, nobody's document or lease is left either.

local answer = {}
for cart, key in ipairs(KEYS) do
  local alone = redis.call('HGET', key, 'alone') == ARGV[2]
  redis.call('HDEL', key, 'fence:' .. ARGV[2], 'document', 'lease')
  if alone then redis.call('HDEL', key, 'alone') end
  local document = ARGV[3 + cart]
  if alone and document ~= '' then
    redis.call('HSET', key, 'document', document)
    redis.call('PEXPIRE', key, ARGV[3])
    answer[cart] = 1
  else
    answer[cart] = 0
  end
end
return answer
