import type { CacheStatus, CartStore, Relay, RelayState } from '@cartwright/cart-store'
import Type from 'typebox'
import { json, type Operation, operation } from '../http/operation.ts'
import type { Instance } from '../lifecycle/instance.ts'
import type { Readiness } from '../lifecycle/readiness.ts'
import { unavailableProblem } from '../problems/catalogue.ts'

const Health = Type.Object(
  {
    status: Type.Literal('up'),
    instanceId: Type.String(),
    release: Type.String(),
    uptimeSeconds: Type.Integer({ minimum: 0 }),
    store: Type.Object({
      name: Type.String(),
      state: Type.Unsafe<'up' | 'failing'>({ type: 'string', enum: ['up', 'failing'] }),
      since: Type.Optional(Type.String({ format: 'date-time' })),
    }),
    outbox: Type.Optional(
      Type.Object(
        {
          rows: Type.Integer({ minimum: 0, description: 'Changes whose events wait to be delivered.' }),
          oldest: Type.Optional(
            Type.String({ format: 'date-time', description: 'Since when the oldest waits.' }),
          ),
        },
        { description: 'As last seen; absent where this process delivers no events.' },
      ),
    ),
    cache: Type.Object({
      state: Type.Unsafe<CacheStatus['state'] | 'none'>({
        type: 'string',
        enum: ['none', 'on', 'warming', 'off', 'unreachable', 'uncertain'],
        description:
          '`none`: the store has none. `on`: reads use it. `warming`: it was turned on some seconds ago. `off`: it is turned off for every process, which costs speed only. `unreachable`: it is on, and this process has no connection to it. `uncertain`: this process does not know, as the record does not answer.',
      }),
      epoch: Type.Optional(
        Type.Integer({ minimum: 0, description: 'How often the cache was turned on or off.' }),
      ),
    }),
  },
  { title: 'Health' },
)

const Ready = Type.Object({ status: Type.Literal('ready') }, { title: 'Ready' })

const Metadata = Type.Object(
  {
    instanceId: Type.String(),
    taskArn: Type.Optional(Type.String()),
    zone: Type.Optional(Type.String()),
    release: Type.String(),
    deployment: Type.String(),
    startedAt: Type.String({ format: 'date-time' }),
  },
  { title: 'Metadata' },
)

const UNCACHED = { 'Cache-Control': 'no-store' }

export interface RunningOptions {
  readonly readiness: Readiness
  readonly instance: Instance
  readonly release: string
  readonly deployment: string
  readonly store: Pick<CartStore, 'name' | 'cache'>
  /** Absent where this process delivers no events. */
  readonly relay?: Pick<Relay, 'state'> | undefined
}

/** What load balancers and operators ask. */
export function runningOperations(options: RunningOptions): Operation[] {
  const { readiness, instance, release, deployment, store, relay } = options
  return [
    operation({
      id: 'getHealth',
      method: 'get',
      path: '/health',
      tag: 'Operation',
      summary: 'Liveness',
      about: 'The process is up. Tells the state of store and cache, and never fails because of them.',
      kind: 'plain',
      answers: { 200: { about: 'The process is up.', schema: Health } },
      problems: [],
      run: () =>
        json(
          200,
          {
            status: 'up',
            instanceId: instance.id,
            release,
            uptimeSeconds: Math.floor(process.uptime()),
            store: { name: store.name, ...readiness.storeState },
            ...outboxOf(relay?.state),
            cache: cacheOf(store.cache),
          },
          UNCACHED,
        ),
    }),
    operation({
      id: 'getReady',
      method: 'get',
      path: '/ready',
      tag: 'Operation',
      summary: 'Readiness',
      about:
        'Whether this process should get requests: not while it shuts down, nor when the store has failed for 60 s without a break, nor when it alone cannot reach the cache.',
      kind: 'plain',
      answers: { 200: { about: 'Ready.', schema: Ready } },
      problems: ['shutting-down', 'store-unavailable'],
      run: () => {
        if (readiness.shuttingDown) throw unavailableProblem('shutting-down', 'the process is shutting down')
        if (readiness.storeLost) {
          throw unavailableProblem('store-unavailable', 'the store has failed for 60 s or more', {
            members: { outcome: 'none' },
          })
        }
        if (store.cache?.isOddOneOut === true) {
          throw unavailableProblem(
            'store-unavailable',
            'others use a cache that this process cannot reach, again and again',
            { members: { outcome: 'none' } },
          )
        }
        return json(200, { status: 'ready' }, UNCACHED)
      },
    }),
    operation({
      id: 'getMetadata',
      method: 'get',
      path: '/metadata',
      tag: 'Operation',
      summary: 'Which task and zone answered',
      kind: 'plain',
      answers: { 200: { about: 'What is running here.', schema: Metadata } },
      problems: [],
      run: () => {
        const { id, ...rest } = instance
        return json(200, { instanceId: id, ...rest, release, deployment }, UNCACHED)
      },
    }),
  ]
}

function cacheOf(status: CacheStatus | undefined) {
  if (status === undefined) return { state: 'none' as const }
  const { state, epoch } = status
  return { state, ...(epoch === undefined ? {} : { epoch }) }
}

function outboxOf(state: RelayState | undefined) {
  if (state?.outbox === undefined) return {}
  const { rows, oldest } = state.outbox
  return { outbox: { rows, ...(oldest === undefined ? {} : { oldest: new Date(oldest).toISOString() }) } }
}
