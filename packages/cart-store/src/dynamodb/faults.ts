import {
  type CancellationReason,
  ConditionalCheckFailedException,
  DynamoDBServiceException,
  TransactionCanceledException,
} from '@aws-sdk/client-dynamodb'
import type { Fault } from '../attempts.ts'

/** Why a transaction was not made. */
export type Cancelled =
  /** Its conditions: one reason for each of a transaction's items, in their order. */
  | { readonly cancelled: 'by a condition'; readonly reasons: readonly CancellationReason[] }
  /** An item is larger than DynamoDB takes. */
  | { readonly cancelled: 'too large' }

const THROTTLED = new Set([
  'ProvisionedThroughputExceededException',
  'RequestLimitExceeded',
  'ThrottlingException',
  'Throttling',
])
/** Another request works on the item, or on this very transaction (`TransactionInProgress`: its first sending). */
const CONTENTION = new Set(['TransactionConflictException', 'TransactionInProgressException'])
/** The request cannot have left this machine. */
const NOT_SENT = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH'])
/** The codes of a transaction's cancellation reasons that another sending may get past. */
const PASSING = new Map<string | undefined, 'throttled' | 'contention'>([
  ['TransactionConflict', 'contention'],
  ['ProvisionedThroughputExceeded', 'throttled'],
  ['ThrottlingError', 'throttled'],
])

const TOO_LARGE: Fault<Cancelled> = { kind: 'final', answer: { cancelled: 'too large' } }

/** A batch was carried out in part; the rest is to be sent again, later. */
export class Unprocessed extends Error {
  constructor(count: number) {
    super(`${count} requests of a batch were left unprocessed`)
  }
}

/** The permission to send it was gone in the last moment; another one may be had. */
export class NotPermitted extends Error {
  constructor() {
    super('the permission to send it has ended')
    this.name = 'NotPermitted'
  }
}

/** Judges what the SDK has thrown. */
export function faultOf(error: unknown): Fault<Cancelled> {
  if (error instanceof NotPermitted) return { kind: 'lost', outcome: 'none' }
  if (error instanceof Unprocessed) return { kind: 'refused', reason: 'throttled' }
  if (error instanceof TransactionCanceledException) return cancellation(error.CancellationReasons ?? [])
  if (error instanceof ConditionalCheckFailedException) {
    return { kind: 'final', answer: { cancelled: 'by a condition', reasons: [] } }
  }
  if (error instanceof DynamoDBServiceException) {
    if (THROTTLED.has(error.name)) return { kind: 'refused', reason: 'throttled' }
    if (CONTENTION.has(error.name)) return { kind: 'refused', reason: 'contention' }
    if (error.$fault === 'server' || (error.$metadata.httpStatusCode ?? 0) >= 500) {
      return { kind: 'lost', outcome: 'unknown' }
    }
    return isTooLarge(error.name, error.message) ? TOO_LARGE : { kind: 'wrong' }
  }
  const { name, code, syscall } = error as { name?: string; code?: string; syscall?: string }
  if (name === 'CredentialsProviderError') return { kind: 'wrong' }
  return { kind: 'lost', outcome: hasNotLeft(code, syscall) ? 'none' : 'unknown' }
}

/** Some of these come on an open connection as well, when something was sent on it. */
function hasNotLeft(code: string | undefined, syscall: string | undefined): boolean {
  return code !== undefined && NOT_SENT.has(code) && (syscall === 'connect' || syscall === 'getaddrinfo')
}

/** Conditions before everything else: they are final, while a conflict beside them is not. */
function cancellation(reasons: readonly CancellationReason[]): Fault<Cancelled> {
  if (reasons.some(({ Code }) => Code === 'ConditionalCheckFailed')) {
    return { kind: 'final', answer: { cancelled: 'by a condition', reasons } }
  }
  const passing = reasons.map(({ Code }) => PASSING.get(Code)).find((reason) => reason !== undefined)
  if (passing !== undefined) return { kind: 'refused', reason: passing }
  return reasons.some(({ Code, Message }) => isTooLarge(Code, Message)) ? TOO_LARGE : { kind: 'wrong' }
}

function isTooLarge(name: string | undefined, message: string | undefined): boolean {
  return (
    name === 'ItemCollectionSizeLimitExceeded' ||
    ((name === 'ValidationException' || name === 'ValidationError') && /item size/i.test(message ?? ''))
  )
}
