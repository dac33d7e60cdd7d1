import { hash } from 'node:crypto'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { type ImageConfig, ImageFolder } from './image-folder.ts'

let folder: string
let images: ImageFolder
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'images-'))
  images = new ImageFolder(path.join(folder, 'images'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const CONFIG: ImageConfig = {
  Cmd: ['node', 'main.js'],
  Env: ['RELEASE=1f', 'EQUATION=a=b'],
  WorkingDir: '/app',
}

/** A root with that program. */
function root(name: string, program: string): string {
  const app = path.join(folder, name, 'app')
  mkdirSync(app, { recursive: true })
  writeFileSync(path.join(app, 'main.js'), program)
  return path.join(folder, name)
}

test('a container of an image finds its files and its configuration', () => {
  const { digest } = images.add(root('one', 'print'), CONFIG)

  const found = images.find(digest)
  expect(found).toMatchObject({
    command: ['node', 'main.js'],
    environment: { RELEASE: '1f', EQUATION: 'a=b' },
  })
  expect(readFileSync(path.join(found?.folder ?? '', 'main.js'), 'utf8')).toBe('print')
})

test('the digest is that of the manifest, whose bytes name all there is', () => {
  const { digest, manifest } = images.add(root('one', 'print'), CONFIG)
  const changed = images.add(root('two', 'print again'), CONFIG)
  const other = images.add(root('three', 'print'), { ...CONFIG, Env: ['RELEASE=2e'] })

  expect(digest).toBe(`sha256:${hash('sha256', manifest)}`)
  expect(new Set([digest, changed.digest, other.digest]).size).toBe(3)
})

test('the same is the same image, from wherever it comes, and is kept once', () => {
  const first = images.add(root('one', 'print'), CONFIG)
  const again = images.add(root('two', 'print'), CONFIG)

  expect(again).toEqual(first)
  expect(readdirSync(path.join(folder, 'images'))).toHaveLength(1)
})

test('an image that was never added is not there', () => {
  expect(images.find(`sha256:${'0'.repeat(64)}`)).toBeUndefined()
})
