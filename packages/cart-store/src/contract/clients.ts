import { type CartId, unknownCart } from '@cartwright/cart-domain'
import { type Call, type CartStore, StoreUnavailable } from '../port.ts'
import type { StoreUnderTest } from '../contract.ts'
import {
  adding,
  answer,
  call,
  cartOf,
  change,
  decided,
  expectNothingWritten,
  expectWritten,
  fresh,
  NOW,
  pendingOf,
  storedCart,
} from './builders.ts'
