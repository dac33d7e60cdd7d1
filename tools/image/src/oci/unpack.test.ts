import {
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { gzipSync } from 'node:zlib'
import { Header, type HeaderData, Pax } from 'tar'
import { unpackLayer } from './unpack.ts'

let folder: string
let root: string
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'unpack-test-'))
  root = path.join(folder, 'root')
  mkdirSync(root)
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

interface Entry extends HeaderData {
  readonly text?: string
}

/** A layer as any builder may write it: not only what ours does. */
function tarOf(entries: readonly Entry[]): Buffer {
  const blocks = entries.flatMap(({ text = '', ...rest }) => {
    const header = Buffer.alloc(512)
    const isLong = new Header({ type: 'File', mode: 0o644, size: text.length, ...rest }).encode(header)
    const body = Buffer.alloc(Math.ceil(text.length / 512) * 512)
    body.write(text)
    // Paths of more than a hundred characters, as those of this test may be, do not fit into a header.
    const { path: name = '', linkpath = '' } = rest
    const long = isLong ? [new Pax({ path: name, ...(linkpath === '' ? {} : { linkpath }) }).encode()] : []
    return [...long, header, body]
  })
  return Buffer.concat([...blocks, Buffer.alloc(1024)])
}

const GZIP = 'application/vnd.oci.image.layer.v1.tar+gzip'

async function unpack(entries: readonly Entry[], mediaType = GZIP): Promise<void> {
  const file = path.join(folder, 'layer')
  const bytes = tarOf(entries)
  writeFileSync(file, mediaType.endsWith('gzip') ? gzipSync(bytes) : bytes)
  await unpackLayer({ file, mediaType }, root)
}

const directory = (name: string): Entry => ({ path: `${name}/`, type: 'Directory', mode: 0o755 })
const file = (name: string, text = name): Entry => ({ path: name, text })
const link = (name: string, linkpath: string): Entry => ({ path: name, type: 'SymbolicLink', linkpath })
const share = (name: string, linkpath: string): Entry => ({ path: name, type: 'Link', linkpath })

const inRoot = (): string[] => readdirSync(root, { recursive: true, encoding: 'utf8' }).toSorted()
const read = (name: string): string => readFileSync(path.join(root, name), 'utf8')

test.each([
  'application/vnd.oci.image.layer.v1.tar',
  'application/vnd.oci.image.layer.v1.tar+gzip',
  'application/vnd.docker.image.rootfs.diff.tar',
  'application/vnd.docker.image.rootfs.diff.tar.gzip',
])('a layer that is %s is unpacked', async (mediaType) => {
  await unpack([directory('app'), { ...file('app/main.js', 'print'), mode: 0o4755 }], mediaType)

  expect(read('app/main.js')).toBe('print')
  // Without the bit that makes it run as its owner.
  expect(statSync(path.join(root, 'app/main.js')).mode & 0o7777).toBe(0o755)
})

test('one that is compressed by zstd is refused', async () => {
  const mediaType = 'application/vnd.oci.image.layer.v1.tar+zstd'

  await expect(unpack([], mediaType)).rejects.toThrow(
    `a layer is "${mediaType}", which cannot be unpacked here; wanted: application/vnd.oci.image.layer.v1.tar+gzip`,
  )
})

test('one that changes nothing changes nothing', async () => {
  await unpack([])

  expect(inRoot()).toEqual([])
})

test('one that was cut off is refused', async () => {
  const cut = path.join(folder, 'cut')
  writeFileSync(cut, tarOf([file('app', 'x'.repeat(2000))]).subarray(0, 1024))

  const unpacking = unpackLayer({ file: cut, mediaType: 'application/vnd.oci.image.layer.v1.tar' }, root)

  await expect(unpacking).rejects.toThrow(/a layer cannot be unpacked: .*Truncated input/)
})

describe('over the layers below it', () => {
  beforeEach(() => unpack([directory('app'), file('app/a'), file('app/b'), directory('lib'), file('lib/c')]))

  test('files are replaced, folders are filled', async () => {
    await unpack([directory('app'), file('app/a', 'new'), file('app/d')])

    expect(inRoot()).toEqual(['app', 'app/a', 'app/b', 'app/d', 'lib', 'lib/c'])
    expect(read('app/a')).toBe('new')
  })

  test('a file takes the place of a folder, and a folder that of a file', async () => {
    await unpack([file('app', 'file'), directory('lib/c'), file('lib/c/d')])

    expect(inRoot()).toEqual(['app', 'lib', 'lib/c', 'lib/c/d'])
  })

  test('a whiteout hides a file, or a folder with all that is in it', async () => {
    await unpack([file('app/.wh.a', ''), file('.wh.lib', ''), file('.wh.never-there', '')])

    expect(inRoot()).toEqual(['app', 'app/b'])
  })

  test.each<[string, readonly Entry[]]>([
    ['first', [file('app/.wh..wh..opq', ''), file('app/d')]],
    ['last', [file('app/d'), file('app/.wh..wh..opq', '')]],
  ])(
    'an opaque whiteout that comes %s hides what lower layers have put into a folder',
    async (_, entries) => {
      await unpack([directory('app'), ...entries])

      expect(inRoot()).toEqual(['app', 'app/d', 'lib', 'lib/c'])
    },
  )

  test('a whiteout does not hide what its own layer brings', async () => {
    await unpack([directory('lib'), file('lib/new'), file('.wh.lib', '')])

    expect(inRoot()).toEqual(['app', 'app/a', 'app/b', 'lib', 'lib/new'])
  })
})

describe('links', () => {
  test('lead to what they lead to in the image', async () => {
    await unpack([
      directory('usr/bin'),
      file('usr/bin/node'),
      link('bin', 'usr/bin'),
      link('usr/absolute', '/usr/bin/node'),
      link('up', '../../../../usr/bin/node'),
      link('usr/bin/chained', '/usr/absolute'),
      link('root', '/'),
    ])

    for (const name of ['bin/node', 'usr/absolute', 'up', 'usr/bin/chained', 'root/usr/bin/node']) {
      expect(read(name)).toBe('usr/bin/node')
    }
  })

  test('to folders are followed by layers above', async () => {
    await unpack([directory('shop/bin'), file('shop/sign'), link('bin', '/shop/bin')])
    await unpack([file('bin/till'), link('bin/desk', 'till'), link('bin/door', '/shop/sign')])

    expect(['till', 'desk', 'door'].map((name) => read(`shop/bin/${name}`))).toEqual([
      'bin/till',
      'bin/till',
      'shop/sign',
    ])
  })

  test('are replaced, not written through', async () => {
    await unpack([file('real'), link('name', 'real')])
    await unpack([file('name', 'new')])

    expect(read('real')).toBe('real')
    expect(lstatSync(path.join(root, 'name')).isSymbolicLink()).toBe(false)
  })

  test('that share a file are that file, also where it is a link', async () => {
    await unpack([file('a/real'), share('shared', 'a/real'), link('a/b', '../a/real'), share('c/d/e', 'a/b')])

    expect(read('shared')).toBe('a/real')
    expect(read('c/d/e')).toBe('a/real')
  })
})

// All of it would lead into the folder of the test, and not into this machine's.
describe('nothing leaves the root', () => {
  test.each<[string, readonly Entry[]]>([
    ['a path', [file('../outside')]],
    ['a path in the middle', [file('app/../../outside')]],
    ['a shared file', [share('mine', '../outside')]],
    ['a whiteout', [file('.wh...', '')]],
    ['a whiteout of its own folder', [directory('app'), file('app/.wh..', '')]],
  ])('%s that would is refused', async (_, entries) => {
    writeFileSync(path.join(folder, 'outside'), 'mine')

    await expect(unpack(entries)).rejects.toThrow(/leaves the image's root; wanted: paths inside of it/)
    expect(readFileSync(path.join(folder, 'outside'), 'utf8')).toBe('mine')
  })

  test.each<[string, () => readonly Entry[]]>([
    ['a link to a folder above', () => [link('up', '..'), file('up/outside', 'theirs')]],
    ['an absolute link', () => [directory(folder), link('up', folder), file('up/outside', 'theirs')]],
    ['an absolute path', () => [file(path.join(folder, 'outside'), 'theirs')]],
    [
      'a shared link',
      () => [directory('a/b'), link('a/b/up', '/a'), share('up', 'a/b/up'), file('up/outside', 'theirs')],
    ],
  ])('%s stays inside', async (_, entries) => {
    await unpack(entries())

    expect(readdirSync(folder).toSorted()).toEqual(['layer', 'root'])
    expect(inRoot()).toContainEqual(expect.stringMatching(/(^|\/)outside$/))
  })
})
