export const STORES = ['sqlite', 'redis', 'dynamodb'] as const
export type StoreName = (typeof STORES)[number]

/** What can go wrong while a run goes on, and with which stores. */
export const FAULTS = {
  kill: { about: 'an API process is killed and started again', stores: STORES },
  stop: { about: 'an API process stands still for a while (SIGSTOP, SIGCONT)', stores: STORES },
  answers: { about: 'answers of one API process to its clients are lost or late', stores: STORES },
  'refuse-events': {
    about: 'events are refused, accepted late, or accepted without an answer',
    stores: STORES,
  },
  lost: { about: "the store's answers are lost on their way to one process", stores: ['redis', 'dynamodb'] },
  slow: { about: 'the store answers one process late', stores: ['redis', 'dynamodb'] },
  cut: { about: 'the connections of one process to the store are cut', stores: ['redis'] },
  throttle: { about: 'the store asks one process for less', stores: ['dynamodb'] },
  conflict: { about: 'transactions of one process meet others', stores: ['dynamodb'] },
  restart: { about: 'the store is killed and started again (appendfsync always)', stores: ['redis'] },
} as const satisfies Record<string, { about: string; stores: readonly StoreName[] }>
export type FaultName = keyof typeof FAULTS

/** Those that the store can have, in the table's order. */
export function faultsFor(store: StoreName): FaultName[] {
  return (Object.keys(FAULTS) as FaultName[]).filter((name) =>
    (FAULTS[name].stores as readonly StoreName[]).includes(store),
  )
}
