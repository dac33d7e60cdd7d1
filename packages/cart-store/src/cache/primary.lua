-- Stands in front of every script of the cache.
--
-- ARGV[1]  the replication id of the primary that the epoch names
--
-- Nothing is read or written on another server than that: a replica, a primary that was promoted with less than this one
-- had, or this very server after it has been a replica meanwhile. Its own id then is a new one. See decision 0009.

local replication = redis.call('INFO', 'replication')
local function says(line) return string.find(replication, line, 1, true) ~= nil end
if not (says('role:master') and says('master_replid:' .. ARGV[1])) then
  return redis.error_reply('OTHERPRIMARY this is not the primary that the epoch names')
end
