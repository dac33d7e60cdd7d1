import { completed, type Environment, readEnvironment, readEnvironments } from '@cartwright/environments'
import { savings, WAYS } from './savings.ts'

async function environments(): Promise<readonly Environment[]> {
  return (await readEnvironments({})).map((one) => completed(one, true).environment)
}

test('every way leads to an environment that could be deployed', async () => {
  for (const environment of await environments()) {
    for (const { what, change } of WAYS) {
      const { name, ...fields } = { ...environment, ...change(environment) }
      const { findings } = readEnvironment({ name, file: `environments/${name}.ts`, fields }, {})

      expect([name, what, findings]).toEqual([name, what, []])
    }
  }
})

test('every way changes some environment, and nothing where it is so already', async () => {
  const all = await environments()

  for (const { what, change } of WAYS) {
    const changed = all.flatMap((one) => {
      const fields = change(one)
      return fields === undefined ? [] : [{ before: one, fields }]
    })
    expect([what, changed.length > 0]).toEqual([what, true])
    for (const { before, fields } of changed) expect({ ...before, ...fields }).not.toEqual(before)
  }
})

test('what is saved is the difference of two calculations; what saves nothing is not told', async () => {
  const all = await environments()
  const costOf = (of: readonly Environment[]) =>
    new Map(
      of.map(({ name, natGateways, traces }) => [name, natGateways === 'one' ? 60 : traces ? 100 : 100.2]),
    )

  const found = savings(all, costOf(all), costOf).map(({ way, usd }) => [way.what, [...usd]])

  expect(found).toEqual([['one NAT gateway (`natGateways`)', [['prod', 40]]]])
})

test('environments that nobody asks for are not calculated', async () => {
  const asked: string[] = []
  const found = savings(await environments(), new Map([['dev', 90]]), (of) => {
    asked.push(...of.map(({ name }) => name))
    return new Map()
  })

  // What could be changed in dev alone: completed, it has a domain and so a firewall.
  expect(found.map(({ way, usd }) => [way.what, [...usd]])).toEqual([
    ['no firewall (`firewall`)', [['dev', 90]]],
  ])
  expect(asked).toHaveLength(3)
})
