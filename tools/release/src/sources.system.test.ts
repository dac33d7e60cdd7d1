import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { readSources, treeOf } from './sources.ts'

let folder: string

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'sources-'))
})

afterEach(() => rmSync(folder, { recursive: true, force: true }))

function git(...args: readonly string[]): string {
  const identity = ['-c', 'user.name=ann', '-c', 'user.email=ann@example.com']
  return execFileSync('git', [...identity, ...args], { cwd: folder, encoding: 'utf8' }).trim()
}

function commit(): void {
  git('init', '--quiet')
  writeFileSync(path.join(folder, 'it'), 'one')
  git('add', 'it')
  git('commit', '--quiet', '--message', 'it')
}

test('a commit has its tree', async () => {
  commit()

  const { commit: head, tree } = await readSources(process.env, folder)

  expect(head).toBe(git('rev-parse', 'HEAD'))
  expect(tree).toBe(git('rev-parse', 'HEAD^{tree}'))
  expect(await treeOf(head, process.env, folder)).toBe(tree)
  expect(await treeOf('0'.repeat(40), process.env, folder)).toBeUndefined()
})

test('what differs from its commit has no name, and is told', async () => {
  commit()
  for (const name of ['it', 'a', 'b', 'c', 'd', 'e']) writeFileSync(path.join(folder, name), 'two')

  await expect(readSources(process.env, folder)).rejects.toThrow(
    /^the sources differ from commit [0-9a-f]{40}; wanted: a commit, or --tag .*\n {3}M it\n.*and 1 more$/s,
  )
})

test('without a history nothing can be told', async () => {
  await expect(readSources(process.env, folder)).rejects.toThrow(
    'has no history of git; wanted: a clone, or --tag',
  )
})
