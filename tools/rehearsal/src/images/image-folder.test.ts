import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { ImageFolder } from './image-folder.ts'

const ONE = `sha256:${'1'.repeat(64)}`
const TWO = `sha256:${'2'.repeat(64)}`

let folder: string
let pulls: string[]
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'image-folder-test-'))
  pulls = []
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

/** What a registry gives, after a while. */
function pullOf(text: string) {
  return async (into: string): Promise<void> => {
    pulls.push(into)
    mkdirSync(path.join(into, 'root'))
    writeFileSync(path.join(into, 'root/main.js'), text)
    await new Promise(setImmediate)
    writeFileSync(path.join(into, 'config.json'), JSON.stringify({ config: { Cmd: ['node', text] } }))
  }
}

test('an image is pulled once, also by tasks that start together', async () => {
  const images = new ImageFolder(folder)

  const found = await Promise.all([1, 2, 3].map(() => images.find(ONE, pullOf('one'))))
  found.push(await images.find(ONE, pullOf('one')), await new ImageFolder(folder).find(ONE, pullOf('one')))

  expect(pulls).toHaveLength(1)
  for (const { config, root } of found) {
    expect(config.Cmd).toEqual(['node', 'one'])
    expect(readFileSync(path.join(root, 'main.js'), 'utf8')).toBe('one')
  }
})

test('images are told apart by their digests', async () => {
  const images = new ImageFolder(folder)

  const found = await Promise.all([images.find(ONE, pullOf('one')), images.find(TWO, pullOf('two'))])

  expect(found.map(({ config }) => config.Cmd[1])).toEqual(['one', 'two'])
})

test('what was pulled by half is pulled again, and not taken for whole', async () => {
  const images = new ImageFolder(folder)
  const cut = async (into: string): Promise<void> => {
    await pullOf('half')(into)
    throw new Error('cut off')
  }

  await expect(images.find(ONE, cut)).rejects.toThrow('cut off')

  expect(readdirSync(folder)).toEqual([])
  expect((await images.find(ONE, pullOf('one'))).config.Cmd).toEqual(['node', 'one'])
})
