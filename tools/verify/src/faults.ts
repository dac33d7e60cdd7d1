export const STORES = ['sqlite', 'redis', 'dynamodb', 'cached'] as const
export type StoreName = (typeof STORES)[number]

const ON_SERVERS = ['redis', 'dynamodb', 'cached'] as const
const ON_A_TABLE = ['dynamodb', 'cached'] as const
const CACHED = ['cached'] as const

/** What can go wrong while a run goes on, and with which stores. */
export const FAULTS = {
  kill: { about: 'an API process is killed and started again', stores: STORES },
  stop: { about: 'an API process stands still for a while (SIGSTOP, SIGCONT)', stores: STORES },
  answers: { about: 'answers of one API process to its clients are lost or late', stores: STORES },
  'refuse-events': {
    about: 'events are refused, accepted late, or accepted without an answer',
    stores: STORES,
  },
  lost: { about: "the store's answers are lost on their way to one process", stores: ON_SERVERS },
  slow: { about: 'the store answers one process late', stores: ON_SERVERS },
  cut: { about: 'the connections of one process to the store are cut', stores: ['redis'] },
  throttle: { about: 'the store asks one process for less', stores: ON_A_TABLE },
  conflict: { about: 'transactions of one process meet others', stores: ON_A_TABLE },
  restart: { about: 'the store is killed and started again (appendfsync always)', stores: ['redis'] },
  delayed: { about: 'commits of one process take a while to be made', stores: ON_A_TABLE },
  'redis-killed': { about: 'the cache is killed and started empty', stores: CACHED },
  'redis-old-data': { about: 'the cache is killed and started with old data', stores: CACHED },
  'redis-stopped': { about: 'the cache stands still for a while', stores: CACHED },
  failover: { about: 'a replica that lags becomes the primary', stores: CACHED },
  'failover-and-back': { about: 'the same, and the former primary at once again', stores: CACHED },
  'two-primaries': { about: 'one process is led to another primary than the others', stores: CACHED },
  'redis-readonly': { about: 'the primary is demoted, and processes stay with it', stores: CACHED },
  'redis-unreachable': {
    about: 'one process cannot reach the cache, or hears nothing of it',
    stores: CACHED,
  },
  'redis-cut': { about: 'the connections of one process to the cache are cut', stores: CACHED },
  'redis-slow': { about: 'the cache answers one process late', stores: CACHED },
  rotate: { about: "the cache's password is rotated", stores: CACHED },
} as const satisfies Record<string, { about: string; stores: readonly StoreName[] }>
export type FaultName = keyof typeof FAULTS

/** Those that the store can have, in the table's order. */
export function faultsFor(store: StoreName): FaultName[] {
  return (Object.keys(FAULTS) as FaultName[]).filter((name) =>
    (FAULTS[name].stores as readonly StoreName[]).includes(store),
  )
}
