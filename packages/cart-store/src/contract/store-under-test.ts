import type { CartStore } from '../port.ts'

/** An adapter, set up with data of its own to be tried by the contract suite. */
export interface StoreUnderTest {
  /** A client of the data. The suite closes it, and may open the next one afterwards. */
  open(): Promise<CartStore>
  /** A client that shares nothing with the first but the data, where the store can have two at a time. */
  openAnother?(): Promise<CartStore>
  /** Ends what was started and deletes the data; all clients are closed by then. */
  dispose(): Promise<void>
}
