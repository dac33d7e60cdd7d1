import fc, { type Arbitrary } from 'fast-check'

/** A piece of JSON text that no JavaScript value would be written as: `-0`, `1e999`, thousands of brackets. */
export class Literally {
  readonly text: string
  constructor(text: string) {
    this.text = text
  }
}

/** Names that every object seems to have already, or that turn an object into another one. */
const PROTOTYPE_NAMES = [
  '__proto__',
  'constructor',
  'prototype',
  'toString',
  'hasOwnProperty',
  'valueOf',
  'then',
]

/** Names that a field may have although no schema knows it. */
const unknownName = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(...PROTOTYPE_NAMES) },
  {
    weight: 2,
    arbitrary: fc.constantFrom(
      '',
      ' ',
      'ProductId',
      'price',
      'unitPrice',
      'version',
      '0',
      '$ref',
      '~1',
      'a/b',
    ),
  },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 20 }) },
  { weight: 1, arbitrary: fc.constantFrom('\u0000', '\ud800', 'k'.repeat(5_000)) },
)

const oddNumber = fc.constantFrom<unknown>(
  ...[-1, 0, 1, 0.5, -0.5, 1.000_000_1, 1e308, -1e308, 5e-324, 2 ** 31, 2 ** 31 - 1, -(2 ** 31), 2 ** 53],
  ...[
    '-0',
    '0.0',
    '1.0',
    '1e2',
    '1e999',
    '-1e999',
    '1e-999',
    '99999999999999999999',
    `1${'0'.repeat(400)}`,
  ].map((text) => new Literally(text)),
  // No JSON at all, but what careless clients send.
  ...['NaN', 'Infinity', '-Infinity', '+1', '01', '0x10', '1_000', 'undefined', "'1'", '.5'].map(
    (text) => new Literally(text),
  ),
)

const oddText = fc.oneof(
  fc.constantFrom(
    '',
    ' ',
    '0',
    '-1',
    '1e308',
    'NaN',
    'Infinity',
    'null',
    'true',
    '[object Object]',
    'undefined',
  ),
  fc.constantFrom(
    '\u0000',
    'a\u0000b',
    '\ud800',
    '\udc00\ud800',
    '\ufffe',
    '\r\nSet-Cookie: a=b',
    '../../etc/passwd',
  ),
  fc.constantFrom("'; DROP TABLE carts; --", '<script>alert(1)</script>', '%00', '%0d%0a', '{{7*7}}'),
  fc.constantFrom(65, 129, 1_000, 20_000).map((length) => 'x'.repeat(length)),
  fc.constantFrom(64, 65).map((length) => '😀'.repeat(length)),
  fc.constantFrom(...PROTOTYPE_NAMES),
)

const oddShape = fc.oneof(
  fc.constantFrom<unknown>(null, true, false, [], {}, [[]], [null], { length: 1 }, { toJSON: 1 }),
  fc.constantFrom(10, 500, 8_000).map((depth) => new Literally('['.repeat(depth) + ']'.repeat(depth))),
  fc
    .constantFrom(10, 500, 8_000)
    .map((depth) => new Literally(`${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`)),
  fc.constantFrom(101, 5_000).map((length) => Array.from({ length }, () => ({}))),
  fc.constantFrom(101, 3_000).map((length) => Array.from({ length }, () => ({ type: 'clear' }))),
  fc.constant(new Literally('{"__proto__":{"quantity":1,"productId":"x"}}')),
)

/** A value that hardly anything is meant to be. */
const hostileValue: Arbitrary<unknown> = fc.oneof(oddNumber, oddText, oddShape)

/** One wrong thing done to a value somewhere inside it. */
interface Spoiling {
  readonly does: 'replace' | 'remove' | 'add' | 'repeat'
  /** Which of the places in the value; counted around. */
  readonly place: number
  readonly name: string
  readonly value: unknown
}

const spoiling: Arbitrary<Spoiling> = fc.record({
  does: fc.constantFrom('replace', 'remove', 'add', 'repeat'),
  place: fc.nat(1_000),
  name: unknownName,
  value: hostileValue,
})

/** Values that differ in one to three places from one that fits. */
export function nearlyFitting(fitting: Arbitrary<unknown>): Arbitrary<unknown> {
  return fc
    .tuple(fitting, fc.array(spoiling, { minLength: 1, maxLength: 3 }))
    .map(([value, spoilings]) => spoilings.reduce(spoil, value))
}

function spoil(value: unknown, { does, place, name, value: poison }: Spoiling): unknown {
  const at = placesIn(value)
  const path = at[place % at.length] ?? []
  switch (does) {
    case 'replace':
      return changedAt(value, path, () => poison)
    case 'remove':
      return changedAt(value, path, () => undefined)
    case 'add':
      return changedAt(value, path, (here) => withMember(here, name, poison))
    case 'repeat':
      return changedAt(value, path, (here) => new Literally(repeatedMembers(here, poison)))
  }
}

type Path = readonly (string | number)[]

function placesIn(value: unknown): Path[] {
  const inside = isPlain(value) ? Object.entries(value) : []
  return [[], ...inside.flatMap(([name, part]) => placesIn(part).map((path) => [name, ...path]))]
}

function changedAt(value: unknown, [name, ...deeper]: Path, change: (here: unknown) => unknown): unknown {
  if (name === undefined) return change(value)
  if (!isPlain(value)) return value
  const changed = changedAt(value[name], deeper, change)
  if (Array.isArray(value)) {
    return value.flatMap((item, index) =>
      String(index) !== name ? [item] : changed === undefined ? [] : [changed],
    )
  }
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, key === name ? changed : part]))
}

/** `Object.fromEntries` makes an own member of every name, also of `__proto__`. */
function withMember(value: unknown, name: string, member: unknown): unknown {
  if (Array.isArray(value)) return [...value, member]
  return isPlain(value) ? Object.fromEntries([...Object.entries(value), [name, member]]) : { [name]: value }
}

/** JSON in which every member comes twice; RFC 8259 §4 leaves open which one counts. */
function repeatedMembers(value: unknown, first: unknown): string {
  if (!isPlain(value) || Array.isArray(value)) return jsonText([value, value])
  const members = Object.keys(value).flatMap((name) => [
    `${JSON.stringify(name)}:${jsonText(first)}`,
    `${JSON.stringify(name)}:${jsonText(value[name])}`,
  ])
  return `{${members.join(',')}}`
}

/** The value as JSON, or nearly so. Half surrogate pairs are escaped, as `JSON.stringify` does. */
export function jsonText(value: unknown): string {
  if (value instanceof Literally) return value.text
  if (Array.isArray(value)) return `[${value.map(jsonText).join(',')}]`
  if (!isPlain(value)) return JSON.stringify(value) ?? 'null'
  const members = Object.entries(value).flatMap(([name, part]) =>
    part === undefined ? [] : [`${JSON.stringify(name)}:${jsonText(part)}`],
  )
  return `{${members.join(',')}}`
}

function isPlain(value: unknown): value is Record<string | number, unknown> {
  return typeof value === 'object' && value !== null && !(value instanceof Literally)
}
