/** Where carts stay: the store port and its embedded adapter; adapters that need a client of their own stand apart. */

export { overriding } from './overriding.ts'
export * from './port.ts'
export * from './relay/index.ts'
export type { Synchronous } from './sqlite/database.ts'
export { openSqliteStore, type SqliteOptions } from './sqlite/store.ts'
