import { completed, type Environment, readEnvironment, readEnvironments } from '@cartwright/environments'
import { StackJson } from '@cartwright/infra/stack-json'
import { stacksOf } from '@cartwright/infra/stacks'
import { judge } from '../judge.ts'
import { LIMITS } from './limits.ts'

/** An environment under other names; nothing where its rules refuse them. */
function renamed(of: Environment, project: string, name: string): Environment | undefined {
  const { name: _, ...fields } = of
  const given = { ...fields, project, promotesFrom: of.promotesFrom === '' ? '' : SOURCE }
  return readEnvironment({ name, file: `${name}.ts`, fields: given }, {}).environment
}

/** What an environment promotes from, by a short name as well. */
const SOURCE = 's'

/** The environment with the longest name, or project, that its rules let pass beside a short one. */
function longest(of: Environment, isOfProject: boolean): Environment {
  for (let length = 40; length > 1; length -= 1) {
    const long = 'x'.repeat(length)
    const found = isOfProject ? renamed(of, long, 'e') : renamed(of, 'p', long)
    if (found !== undefined) return found
  }
  throw new Error('no name is short enough')
}

test.each([
  ['dev', true],
  ['dev', false],
  ['prod', true],
  ['prod', false],
])(
  'the longest names that %s may have keep within every limit (of the project: %s)',
  async (name, isOfProject) => {
    const all = (await readEnvironments({})).map((one) => completed(one, true).environment)
    const found = all.find((one) => one.name === name)
    const builds = all.find(({ promotesFrom }) => promotesFrom === '')
    if (found === undefined || builds === undefined) throw new Error(`no ${name}, or none that builds`)
    const environment = longest(found, isOfProject)
    const source = renamed(builds, environment.project, SOURCE)

    const { findings, stacks } = judge(stacksOf([environment, ...(source ? [source] : [])]), LIMITS, [])

    expect(stacks.map((stack) => stack.name)).toContain(environment.name)
    expect(findings.map(({ resource, seen, wanted }) => `${resource.path}: ${seen}, ${wanted}`)).toEqual([])
  },
)

test('rules of a load balancer are counted over all its listeners', () => {
  const rule = (listener: string) => ({ listener_arn: `\${aws_lb_listener.${listener}.arn}` })
  const rules = (listener: string) =>
    Array.from({ length: 45 }, (_, index) => [`${listener}_${index}`, rule(listener)])
  const listener = { load_balancer_arn: `\${aws_lb.one.arn}` }
  const stack = new StackJson('dev', {
    resource: {
      aws_lb_listener: { http: listener, https: listener },
      aws_lb_listener_rule: Object.fromEntries([...rules('http'), ...rules('https')]),
    },
  })

  expect(judge([stack], LIMITS, []).findings).toEqual([
    expect.objectContaining({ seen: '90', wanted: expect.stringContaining('80 of 100') }),
  ])
})
