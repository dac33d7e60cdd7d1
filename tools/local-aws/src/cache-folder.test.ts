import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { cacheFolder, stateFolder } from './cache-folder.ts'

let home: string

beforeEach(() => {
  home = mkdtempSync(path.join(tmpdir(), 'folders-'))
})

afterEach(() => rmSync(home, { recursive: true, force: true }))

test.each([
  ['of the user', () => ({ HOME: home })],
  ['that says no usable folder', () => ({ HOME: home, XDG_STATE_HOME: 'relative' })],
])('what runs is not in a cache: with an environment %s', (_what, env) => {
  const folder = stateFolder(env())

  expect(path.relative(home, folder)).not.toMatch(/^\.\.|cache/i)
  expect(cacheFolder(env())).not.toBe(folder)
})

test('both can be said', () => {
  const [state, cache] = [path.join(home, 'state'), path.join(home, 'cache')]

  expect(stateFolder({ HOME: home, XDG_STATE_HOME: state })).toBe(path.join(state, 'cartwright'))
  expect(cacheFolder({ HOME: home, XDG_CACHE_HOME: cache })).toBe(path.join(cache, 'cartwright'))
  expect(stateFolder({ HOME: home, CARTWRIGHT_CACHE: cache })).toBe(cache)
})
