import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { digestOf } from './blob.ts'
import { readImageConfig } from './image-config.ts'
import { readLayout } from './layout.ts'
import { makeLayout } from './make-layout.ts'
import { unpackTar } from './unpack.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'layout-test-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const CONFIG = { Cmd: ['node', 'main.js'], Env: ['RELEASE=1f'], WorkingDir: '/app' }

/** A root with these files, made in this order. */
function rootOf(name: string, files: Readonly<Record<string, string>>): string {
  const root = path.join(folder, name)
  for (const [file, text] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(root, file)), { recursive: true })
    writeFileSync(path.join(root, file), text)
  }
  return root
}

const layoutOf = (root: string, change: object = {}) =>
  makeLayout({ root, config: { ...CONFIG, ...change }, folder: `${root}-layout` })

test('the same files are the same image, in whatever order and whenever they were written', async () => {
  const one = rootOf('one', { 'app/main.js': 'print', 'app/@own/b.js': 'b', 'etc/shop': 'open' })
  const two = rootOf('two', { 'etc/shop': 'open', 'app/@own/b.js': 'b', 'app/main.js': 'print' })
  utimesSync(path.join(two, 'app/main.js'), 1, 1)
  utimesSync(path.join(two, 'etc'), 1, 1)

  const { digest } = await layoutOf(one)

  expect((await layoutOf(two)).digest).toBe(digest)
})

test.each<[string, (root: string) => object | undefined]>([
  ['text', (root) => void writeFileSync(path.join(root, 'app/main.js'), 'print again')],
  ['name', (root) => void writeFileSync(path.join(root, 'app/other.js'), '')],
  ['mode', (root) => chmodSync(path.join(root, 'app/main.js'), 0o755) as undefined],
  ['link', (root) => void symlinkSync('main.js', path.join(root, 'app/link.js'))],
  ['variable', () => ({ Env: ['RELEASE=2e'] })],
])('another %s is another image', async (_, change) => {
  const before = await layoutOf(rootOf('one', { 'app/main.js': 'print' }))
  const root = rootOf('two', { 'app/main.js': 'print' })

  const after = await layoutOf(root, change(root))

  expect(after.digest).not.toBe(before.digest)
})

test('what is in the layout is found by digests, down to the files', async () => {
  const root = rootOf('one', { 'app/main.js': 'print' })
  const made = await layoutOf(root)

  const { digest, manifest, config, layers } = readLayout(`${root}-layout`)

  expect({ digest, manifest, config, layers }).toEqual({
    digest: digestOf(manifest),
    manifest: made.manifest,
    config: made.config,
    layers: made.layers,
  })
  for (const blob of [config, ...layers]) {
    const bytes = readFileSync(blob.file)
    expect([digestOf(bytes), bytes.length]).toEqual([blob.digest, blob.size])
  }
  const text = readFileSync(config.file, 'utf8')
  expect(readImageConfig(text)).toEqual({ ...CONFIG, Entrypoint: [], User: '', Labels: {} })
  expect(JSON.parse(text)).toMatchObject({ architecture: 'arm64', os: 'linux' })
  const back = path.join(folder, 'back')
  mkdirSync(back)
  await unpackTar({ file: layers[0]?.file ?? '', isGzip: true }, back)
  expect(readFileSync(path.join(back, 'app/main.js'), 'utf8')).toBe('print')
})

describe('a folder is refused', () => {
  test('that holds none', () => {
    expect(() => readLayout(folder)).toThrow(`${folder} is not an image: index.json cannot be read`)
  })

  test('whose manifest is another one', async () => {
    const root = rootOf('one', { 'app/main.js': 'print' })
    const { digest } = await layoutOf(root)
    const layout = `${root}-layout`
    writeFileSync(path.join(layout, 'blobs', ...digest.split(':')), '{}')

    expect(() => readLayout(layout)).toThrow(
      `${layout} has a manifest of ${digestOf('{}')}; wanted: ${digest}`,
    )
  })

  test('of which a layer is not whole', async () => {
    const root = rootOf('one', { 'app/main.js': 'print' })
    const { layers } = await layoutOf(root)
    const [{ file, size } = { file: '', size: 0 }] = layers
    writeFileSync(file, 'half')

    expect(() => readLayout(`${root}-layout`)).toThrow(`${file} has 4 bytes; wanted: ${size}`)
  })

  test('that holds an index of several images', () => {
    const inner = JSON.stringify({ mediaType: 'application/vnd.oci.image.index.v1+json', manifests: [] })
    const manifests = [{ mediaType: '', digest: digestOf(inner), size: inner.length }]
    mkdirSync(path.join(folder, 'blobs/sha256'), { recursive: true })
    writeFileSync(path.join(folder, 'blobs', ...digestOf(inner).split(':')), inner)
    writeFileSync(path.join(folder, 'index.json'), JSON.stringify({ schemaVersion: 2, manifests }))

    expect(() => readLayout(folder)).toThrow('is an index of several images')
  })
})
