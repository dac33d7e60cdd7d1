import { isBlock, textsIn } from '@cartwright/infra/stack-json'
import { DOCUMENTS } from '../documents.ts'
import { type Draft, type Found, inStatements, remove, resourcesOf, set } from '../test/drafts.ts'

/** A change for the worse, at one place of a stack. */
export interface Mutation {
  readonly kind: string
  readonly stack: string
  readonly type: string
  /** The path of the construct, or what stands for it. */
  readonly path: string
  /** What is changed, and to what. */
  readonly what: string
  readonly change: (json: Draft) => void
}

/** A place in a resource, before it is known of which kind and stack. */
export interface Place {
  readonly what: string
  /** The resource in the copy that is to be changed, and the copy. */
  readonly change: (found: Found, json: Draft) => void
}

/** A kind of change: everything that it could do to a resource. */
export interface Kind {
  readonly id: string
  readonly places: (found: Found, json: Draft) => readonly Place[]
}

/** Every mutation of some kinds that a stack offers. */
export function mutationsOf(stack: string, json: Draft, kinds: readonly Kind[]): readonly Mutation[] {
  return kinds.flatMap(({ id: kind, places }) =>
    resourcesOf(json).flatMap((found) =>
      places(found, json).map(({ what, change }) => ({
        kind,
        stack,
        type: found.type,
        path: pathOf(found),
        what,
        change: (copy: Draft) => change(sameIn(copy, found), copy),
      })),
    ),
  )
}

/** Where attributes of some names stand in a block, however deep: `artifact_store.0.encryption_key`. */
export function attributesIn(value: unknown, names: readonly string[], at = ''): readonly string[] {
  if (Array.isArray(value))
    return value.flatMap((one, index) => attributesIn(one, names, at === '' ? `${index}` : `${at}.${index}`))
  if (!isBlock(value)) return []
  return Object.entries(value).flatMap(([name, inner]) => {
    if (name === '//') return []
    const here = at === '' ? name : `${at}.${name}`
    return [...(names.includes(name) ? [here] : []), ...attributesIn(inner, names, here)]
  })
}

/** Takes each of some attributes away, wherever it stands. */
export function without(...names: readonly string[]): Kind['places'] {
  return ({ block }) =>
    attributesIn(block, names).map((at) => ({
      what: `${at} taken away`,
      change: ({ block: copy }) => set(copy, at, undefined),
    }))
}

/** Sets attributes of a type. */
export function setting(type: string, ...all: readonly Readonly<Record<string, unknown>>[]): Kind['places'] {
  return (found) =>
    found.type !== type
      ? []
      : all.map((attributes) => ({
          what: Object.entries(attributes)
            .map(
              ([at, value]) => `${at} ${value === undefined ? 'taken away' : `is ${JSON.stringify(value)}`}`,
            )
            .join(', '),
          change: ({ block }) => {
            for (const [at, value] of Object.entries(attributes)) set(block, at, value)
          },
        }))
}

/** Several ways of one kind. */
export function anyOf(...ways: readonly Kind['places'][]): Kind['places'] {
  return (found, json) => ways.flatMap((places) => places(found, json))
}

/** The statements of a resource's policy. */
export function statementsIn({ type, block }: Found): readonly Draft[] {
  const attribute = DOCUMENTS[type]
  return attribute === undefined || block[attribute] === undefined
    ? []
    : JSON.parse(String(block[attribute])).Statement
}

/** Changes each statement for which there is something to change. */
export function eachStatement(
  what: string,
  isMeant: (statement: Draft, found: Found) => boolean,
  change: (statement: Draft, all: Draft[], found: Found) => void,
): Kind['places'] {
  return (found) =>
    statementsIn(found).flatMap((statement, index) =>
      isMeant(statement, found)
        ? [
            {
              what: `${String(statement['Sid'])}: ${what}`,
              change: (copy) =>
                inStatements(copy, (all) => {
                  const one = all[index]
                  if (one !== undefined) change(one, all, copy)
                }),
            },
          ]
        : [],
    )
}

/** Attributes that say whose a resource is: it goes with its owner. */
const OWNERS = [
  'allocation_id',
  'arn',
  'bucket',
  'cluster_name',
  'event_bus_name',
  'event_source_arn',
  'gateway_id',
  'listener_arn',
  'load_balancer_arn',
  'nat_gateway_id',
  'queue_url',
  'referenced_security_group_id',
  'repository',
  'resource_arn',
  'resource_id',
  'role',
  'route_table_id',
  'rule',
  'secret_id',
  'security_group_id',
  'subnet_id',
  'target_key_id',
  'topic_arn',
  'vpc_id',
]

/** Takes a resource away as somebody would who wants the rest to plan: with what is only its, and without what names it. */
export function takeAway(json: Draft, found: Found): void {
  remove(json, found)
  const address = `${found.type}.${found.id}`
  const names = (value: unknown): boolean => textsIn(value).some((text) => text.includes(address))
  for (const other of resourcesOf(json)) {
    if (OWNERS.some((owner) => names(other.block[owner]))) takeAway(json, other)
    else for (const [name, value] of Object.entries(other.block)) other.block[name] = left(value, names)
  }
}

/** What of a value names it not. */
function left(value: unknown, names: (value: unknown) => boolean): unknown {
  if (typeof value === 'string' && names(value)) {
    const document = documentIn(value)
    return document === undefined ? undefined : JSON.stringify(left(document, names))
  }
  if (Array.isArray(value))
    return value
      .map((one) => left(one, names))
      .filter((one) => one !== undefined && !(isBlock(one) && isEmptied(one)))
  if (isBlock(value))
    return Object.fromEntries(
      Object.entries(value).map(([name, one]) => [name, name === '//' ? one : left(one, names)]),
    )
  return value
}

/** A statement of nothing, or a block that lost what it is for. */
function isEmptied(block: Readonly<Record<string, unknown>>): boolean {
  return ['Resource', 'alarm_names'].some((name) => {
    const value = block[name]
    return name in block && (value === undefined || (Array.isArray(value) && value.length === 0))
  })
}

function documentIn(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return
  }
}

function pathOf({ type, id, block }: Found): string {
  const [metadata] = [block['//']].filter(isBlock).map((one) => one['metadata'])
  const path = isBlock(metadata) ? metadata['path'] : undefined
  return typeof path === 'string' ? path.replace(/^[^/]*\//, '') : `${type}.${id}`
}

/** The same resource in another copy. */
function sameIn(json: Draft, { type, id }: Found): Found {
  const found = resourcesOf(json).find((one) => one.type === type && one.id === id)
  if (found === undefined) throw new Error(`there is no ${type}.${id}`)
  return found
}
