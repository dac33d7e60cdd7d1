import { CACHE_MUTANTS } from './cache-mutants.ts'
import type { Mutant } from './mutant.ts'

const DYNAMO_STORE = 'packages/cart-store/src/dynamodb/store.ts'
const RELAY = 'packages/cart-store/src/relay/relay.ts'
const RELAYED_STORE = 'packages/cart-store/src/relay/relayed-store.ts'
const COMMIT_SCRIPT = 'packages/cart-store/src/redis/commit.lua'
const SQLITE_STORE = 'packages/cart-store/src/sqlite/store.ts'

/**
 * Rules of the product, each left out by a change of its source as a process is started, so that the product itself
 * needs no switch for it. A checker that finds nothing wrong with one of them checks nothing.
 *
 * To add one: a row here. Its test, its name on the command line and the test that the patches still fit follow from it.
 */
export const MUTANTS = {
  'no-version-condition': {
    says: 'A commit on DynamoDB is made whatever version the cart has.',
    patches: [
      {
        file: DYNAMO_STORE,
        find: 'put(cartItem(write), onlyAfter(write))',
        replace: 'put(cartItem(write))',
      },
    ],
    foundOn: { store: 'dynamodb', faults: [], operations: 150 },
  },
  'no-version-condition-in-redis': {
    says: 'A commit on Redis is made whatever version the cart has.',
    patches: [{ file: COMMIT_SCRIPT, find: "then return {'conflict'} end", replace: 'then end' }],
    foundOn: { store: 'redis', faults: [], operations: 300 },
  },
  'no-version-condition-in-sqlite': {
    says: 'A commit on SQLite is made whatever version the cart has.',
    patches: [
      {
        file: SQLITE_STORE,
        find: "if (!this.#holds(cart.id, revision, now)) return { kind: 'conflict' }",
        replace: 'this.#holds(cart.id, revision, now)',
      },
    ],
    foundOn: { store: 'sqlite', faults: [], operations: 600 },
  },
  'no-outbox-row': {
    says: 'The events of a commit are handed to the relay only: whoever dies before they are delivered loses them.',
    patches: [
      {
        file: DYNAMO_STORE,
        find: '...(outbox === undefined ? [] : [put(outboxItem(outbox))]),',
        replace: '...(outbox === undefined || commit.carts.length > 0 ? [] : [put(outboxItem(outbox))]),',
      },
    ],
    foundOn: { store: 'dynamodb', faults: ['kill', 'refuse-events'], operations: 200 },
  },
  'fresh-token-each-sending': {
    says: 'A transaction of unknown outcome is sent again under another token, as if it were another one.',
    patches: [
      {
        file: DYNAMO_STORE,
        find: `const sent = await this.#sender.send(
      (client, options) => client.send(command, options),`,
        replace: `const resent = () =>
      new TransactWriteItemsCommand({ ...command.input, ClientRequestToken: randomUUID() })
    const sent = await this.#sender.send(
      (client, options) => client.send(resent(), options),`,
      },
    ],
    foundOn: { store: 'dynamodb', faults: ['lost'], operations: 200 },
  },
  'no-token-in-redis': {
    says: 'A commit on Redis whose reply was lost is made again, as if it were another one.',
    patches: [
      { file: COMMIT_SCRIPT, find: "if done then return {'committed', done} end", replace: '' },
      {
        // Less patience than a slow Redis takes, as a reply is rarely lost in the millisecond that a commit takes.
        file: 'packages/cart-store/src/attempts.ts',
        find: 'await attempt(Math.ceil(Math.min(left, patience)))',
        replace: 'await attempt(Math.ceil(Math.min(left, writes ? 80 : patience)))',
      },
    ],
    foundOn: { store: 'redis', faults: ['slow'], operations: 300 },
  },
  'answer-kept-after-the-commit': {
    says: 'The answer of an Idempotency-Key is written after the commit instead of with it.',
    patches: [
      {
        file: DYNAMO_STORE,
        find: 'const { answer, order, outbox } = commit',
        replace:
          'const { order, outbox } = commit\n  const answer = commit.carts.length > 0 ? undefined : commit.answer',
      },
      {
        // A tenth of a second between the two, so that a run of seconds has a process die there.
        file: DYNAMO_STORE,
        find: "if (!('cancelled' in sent)) return { kind: 'committed' }",
        replace: `if (!('cancelled' in sent)) {
      const { answer } = commit
      if (answer !== undefined && commit.carts.length > 0) {
        await new Promise((resolve) => setTimeout(resolve, 100))
        const later = new TransactWriteItemsCommand({
          TransactItems: [{ Put: { TableName: this.#table, Item: { ...answerItem(commit.cartId, answer) } } }],
        })
        await this.#sender.send((client, options) => client.send(later, options), call, true)
      }
      return { kind: 'committed' }
    }`,
      },
      {
        file: DYNAMO_STORE,
        find: "if (answer === undefined || first?.Code !== 'ConditionalCheckFailed') return { kind: 'conflict' }",
        replace:
          "if (answer === undefined || first?.Item?.['sk']?.S === undefined) return { kind: 'conflict' }",
      },
    ],
    foundOn: { store: 'dynamodb', faults: ['kill'], operations: 200 },
  },
  'answer-not-kept': {
    says: 'The answer of an Idempotency-Key is not kept at all.',
    patches: [
      {
        file: COMMIT_SCRIPT,
        find: "redis.call('HSET', KEYS[2], 'expiresAt', ARGV[3], 'document', ARGV[4])",
        replace: '',
      },
    ],
    foundOn: { store: 'redis', faults: ['answers'], operations: 300 },
  },
  'published-before-the-commit': {
    says: 'The relay is given the events of a change before its commit is known to be made.',
    patches: [
      {
        file: RELAYED_STORE,
        find: 'const outcome = await store.commit(commit, call)',
        replace:
          'if (commit.outbox !== undefined) relay.offer(commit.outbox)\n      const outcome = await store.commit(commit, call)',
      },
      {
        file: RELAYED_STORE,
        find: "if (outcome.kind === 'committed' && commit.outbox !== undefined) relay.offer(commit.outbox)",
        replace: '',
      },
    ],
    foundOn: { store: 'dynamodb', faults: ['conflict', 'lost'], operations: 200 },
  },
  'outbox-not-swept': {
    says: 'Nobody looks for rows that a dead process has left in the outbox.',
    patches: [
      {
        file: RELAY,
        find: 'for (const row of rows) if (!this.#delivered.has(row.id)) this.#hold(row)',
        replace: 'rows.length = 0',
      },
    ],
    foundOn: { store: 'dynamodb', faults: ['kill'], operations: 200 },
  },
  ...CACHE_MUTANTS,
} as const satisfies Record<string, Mutant>

export type MutantName = keyof typeof MUTANTS
