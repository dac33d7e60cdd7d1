import { EXCEPTIONS } from '../exceptions.ts'
import { RULES } from '../rules/index.ts'
import { CHECKOV, FSBP, publicIdsOf } from './index.ts'

const ALL = [...FSBP, ...CHECKOV]
const OURS = RULES.map(({ id }) => id)

test('every public rule is checked, cannot be, or does not apply: one of them', () => {
  const states = ALL.map((rule) => ({
    id: rule.id,
    states: ['checkedBy', 'cannot', 'doesNotApply'].filter((state) => state in rule),
  }))

  expect(states.filter((rule) => rule.states.length !== 1)).toEqual([])
})

test('what is not checked says why, and what is checked says by which rules', () => {
  const silent = ALL.filter((rule) => {
    if ('checkedBy' in rule) return rule.checkedBy.length === 0 || rule.note === ''
    return ('cannot' in rule ? rule.cannot : rule.doesNotApply) === ''
  })

  expect(silent).toEqual([])
})

test('each public rule is checked by rules that are there', () => {
  const named = ALL.flatMap((rule) => ('checkedBy' in rule ? rule.checkedBy : []))

  expect(named.filter((id) => !OURS.includes(id))).toEqual([])
})

test.each([
  ['a public rule', ALL.map(({ id }) => id)],
  ['a rule of ours', OURS],
])('no id of %s stands twice', (_, ids) => {
  expect(ids.filter((id, index) => ids.indexOf(id) !== index)).toEqual([])
})

test('each exception is of a rule that is there', () => {
  expect(EXCEPTIONS.map(({ rule }) => rule).filter((rule) => !OURS.includes(rule))).toEqual([])
})

test('a rule of ours tells what others call it, and nothing where nobody else has it', () => {
  expect(publicIdsOf('container-root-read-only')).toEqual(['ECS.5', 'CKV_AWS_336'])
  expect(publicIdsOf('redis-never-evicts')).toEqual([])
})
