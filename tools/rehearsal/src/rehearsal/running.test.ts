import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { type Claim, RehearsalFolder } from './running.ts'

let at: string

beforeEach(() => {
  at = mkdtempSync(path.join(tmpdir(), 'running-'))
})

afterEach(() => rmSync(at, { recursive: true, force: true }))

test('the claim of a process that was killed is removed, and nothing is left', () => {
  const folder = new RehearsalFolder(at)
  folder.claim('dev')
  // This process lives.
  const claim = folder.claimed() as Claim
  rmSync(folder.work, { recursive: true })

  folder.forget(claim)

  expect(readdirSync(at)).toEqual([])
})

test("what another has claimed since stays, and so does what is nobody's", () => {
  const folder = new RehearsalFolder(at)
  folder.claim('dev')
  const { mark, environment } = folder.claimed() as Claim

  folder.forget({ environment, mark: { ...mark, pid: mark.pid + 1 } })
  expect(folder.claimed()).toEqual({ environment, mark })

  writeFileSync(path.join(at, 'running.json'), 'half of')
  folder.forget({ environment, mark })
  expect(readdirSync(at)).toContain('running.json')
})
