/** Where carts stay: the store port and its adapters. */
export * from './port.ts'
export type { Synchronous } from './sqlite/database.ts'
export { openSqliteStore, type SqliteOptions } from './sqlite/store.ts'
