-- A reader stores what it has read from the record since it was given its lease, if that still stands.
--
-- KEYS  the cart's hash
-- ARGV  [2] the lease, [3] the document, [4] its mark, [5] how long it stays in ms
--
-- Answers with 1 or 0: whether it was stored.

if redis.call('HGET', KEYS[1], 'lease') ~= ARGV[2] then return 0 end
redis.call('HSET', KEYS[1], 'document', ARGV[3], 'mark', ARGV[4])
redis.call('HDEL', KEYS[1], 'lease')
redis.call('PEXPIRE', KEYS[1], ARGV[5])
return 1
