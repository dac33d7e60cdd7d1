-- Takes fences away that were left behind, after the record's gate was raised against their commits.
--
-- KEYS  the cart's hash
-- ARGV  [2]… the fences

for at = 2, #ARGV do
  redis.call('HDEL', KEYS[1], 'fence:' .. ARGV[at])
  if redis.call('HGET', KEYS[1], 'alone') == ARGV[at] then redis.call('HDEL', KEYS[1], 'alone') end
end
return 1
