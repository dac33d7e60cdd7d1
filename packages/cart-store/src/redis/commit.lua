-- One commit, all or nothing: Redis runs a script to its end before it does anything else.
--
-- KEYS  token, answer, then a key for each cart, then order, outbox (all of them; unused ones are named all the same)
-- ARGV  now, seconds that the token is kept,
--       expiry and document of the answer ('' '' for none),
--       document of the order ('' for none),
--       id, cart id, time and events of the outbox row ('' '' '' '' for none),
--       then for each cart: incarnation and version that were read ('' '' for none),
--       the new incarnation, version, expiry, the expiry of the key, document
--
-- Answers with {'committed', the outbox's entry or ''}, {'conflict'} or {'answered', document}. Arrays only: a table with string keys arrives empty.

local now = tonumber(ARGV[1])

-- A repetition of this very commit, whose first answer was lost.
local done = redis.call('GET', KEYS[1])
if done then return {'committed', done} end

-- The key's answer before the carts: a retry meets its own success, which has also changed them.
if ARGV[4] ~= '' then
  local kept = redis.call('HMGET', KEYS[2], 'expiresAt', 'document')
  if kept[1] and tonumber(kept[1]) > now then return {'answered', kept[2]} end
end

local carts = #KEYS - 4
for cart = 1, carts do
  local at = 9 + 7 * (cart - 1)
  local found = redis.call('HMGET', KEYS[2 + cart], 'incarnation', 'version')
  if (found[1] or '') ~= ARGV[at + 1] or (found[2] or '') ~= ARGV[at + 2] then return {'conflict'} end
end

-- Nothing is refused from here on.
if ARGV[4] ~= '' then
  redis.call('HSET', KEYS[2], 'expiresAt', ARGV[3], 'document', ARGV[4])
  redis.call('PEXPIREAT', KEYS[2], ARGV[3])
end
for cart = 1, carts do
  local at = 9 + 7 * (cart - 1)
  local key = KEYS[2 + cart]
  redis.call('HSET', key, 'incarnation', ARGV[at + 3], 'version', ARGV[at + 4], 'expiresAt', ARGV[at + 5], 'document', ARGV[at + 7])
  redis.call('PEXPIREAT', key, ARGV[at + 6])
end
if ARGV[5] ~= '' then redis.call('SET', KEYS[#KEYS - 1], ARGV[5]) end
local entry = ''
if ARGV[6] ~= '' then
  entry = redis.call('XADD', KEYS[#KEYS], '*', 'id', ARGV[6], 'cartId', ARGV[7], 'createdAt', ARGV[8], 'events', ARGV[9])
end
redis.call('SET', KEYS[1], entry, 'EX', ARGV[2])
return {'committed', entry}
