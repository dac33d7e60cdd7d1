import { readFileSync } from 'node:fs'
import path from 'node:path'
import { STATE_BACKEND } from '@cartwright/environments'
import { allOutputs } from '../stacks/outputs.ts'
import {
  DELIVERY,
  environment,
  FILES,
  type Name,
  type Synthesised,
  synthesiseAll,
  synthesiseAmong,
} from '../test/synthesise.ts'
import { outputsPage } from './outputs-page.ts'

type Told = Readonly<Record<string, { readonly description?: string }>>

// The keys of the files are the environments' names.
const NAMES = Object.keys(FILES) as Name[]
// What every stack has.
const outputsOf = ({ json }: Synthesised): Told => json['output'] as Told

test('docs/reference/outputs.md is what the table says (else: npm run docs)', () => {
  const page = path.join(import.meta.dirname, '../../../docs/reference/outputs.md')

  expect(readFileSync(page, 'utf8')).toBe(outputsPage())
})

test('the table has every output of every stack, no other, and each is described by it', () => {
  const stacks = [
    ...NAMES.map((name) => synthesiseAmong(name, DELIVERY)),
    synthesiseAll([environment('dev')], STATE_BACKEND),
  ]

  const told = Object.assign({}, ...stacks.map(outputsOf)) as Told
  const descriptions = Object.entries(told).map(([name, { description }]) => [name, description])

  expect(descriptions.toSorted()).toEqual(
    allOutputs()
      .map(([name, { about }]) => [name, about])
      .toSorted(),
  )
})

test('outputs are where the table says', () => {
  const named = (where: string | undefined) =>
    allOutputs().flatMap(([name, output]) => (output.where === where ? [name] : []))
  const of = (stack: Synthesised) => Object.keys(outputsOf(stack)).toSorted()
  const always = named(undefined)
  const withPipeline = named('environments with `enableCicd`')

  for (const name of NAMES) {
    expect(of(synthesiseAmong(name, {}))).toEqual(always.toSorted())
    expect(of(synthesiseAmong(name, DELIVERY))).toEqual([...always, ...withPipeline].toSorted())
  }
  expect(of(synthesiseAll([environment('dev')], STATE_BACKEND))).toEqual(named('state backends'))
})
