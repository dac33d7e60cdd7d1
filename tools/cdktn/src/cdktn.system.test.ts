import { spawnSync } from 'node:child_process'
import { globSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'

const ROOT = path.resolve(import.meta.dirname, '../../..')
const HOOK = path.join(import.meta.dirname, 'instead-of-cdktf.ts')
/** All that differs, of every file: the value with cdktf, and with cdktn. */
const EXPECTED = {
  'manifest.json': ['version: "0.21.0" → "0.24.0"'],
  'stacks/dev/cdk.tf.json': ['//.metadata.version: "0.21.0" → "0.24.0"'],
  'stacks/prod/cdk.tf.json': ['//.metadata.version: "0.21.0" → "0.24.0"'],
  'stacks/staging/cdk.tf.json': ['//.metadata.version: "0.21.0" → "0.24.0"'],
  'stacks/state-backend/cdk.tf.json': ['//.metadata.version: "0.21.0" → "0.24.0"'],
}

let folder: string

beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'cdktn-'))
})

afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** The files that a synthesis of all stacks writes. */
function synthesise(name: string, nodeOptions: readonly string[]): ReadonlyMap<string, string> {
  const outdir = path.join(folder, name)
  const { targetVersions } = JSON.parse(readFileSync(path.join(ROOT, 'cdktf.json'), 'utf8')) as {
    targetVersions: unknown
  }
  const { status, stderr } = spawnSync(
    process.execPath,
    [...nodeOptions, path.join(ROOT, 'infra/src/main.ts')],
    {
      encoding: 'utf8',
      env: {
        PATH: process.env['PATH'],
        TMPDIR: folder,
        CDKTF_OUTDIR: outdir,
        // As the CLI hands it over.
        CDKTF_CONTEXT_JSON: JSON.stringify({ targetVersions }),
      },
    },
  )
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
  const files = globSync('**/*.json', { cwd: outdir }).toSorted()
  return new Map(files.map((file) => [file, readFileSync(path.join(outdir, file), 'utf8')]))
}

/** Every place in which two values differ, by its path. */
function differences(one: unknown, other: unknown, at: readonly string[] = []): readonly string[] {
  if (Object.is(one, other)) return []
  if (!isObject(one) || !isObject(other)) {
    return [`${at.join('.')}: ${JSON.stringify(one)} → ${JSON.stringify(other)}`]
  }
  const names = new Set([...Object.keys(one), ...Object.keys(other)])
  return [...names].flatMap((name) => differences(one[name], other[name], [...at, name]))
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null
}

test('under cdktn the same sources become the same files, but for the version that made them', () => {
  const ours = synthesise('cdktf', [])

  const theirs = synthesise('cdktn', ['--import', HOOK])

  const found = Object.fromEntries(
    [...ours].map(([file, text]) => [
      file,
      differences(JSON.parse(text), JSON.parse(theirs.get(file) ?? 'null')),
    ]),
  )
  for (const [file, lines] of Object.entries(found)) {
    process.stdout.write(lines.map((line) => `cdktf → cdktn: ${file}: ${line}\n`).join(''))
  }
  expect(found).toEqual(EXPECTED)
  expect([...theirs.keys()]).toEqual([...ours.keys()])
  // What JSON does not mind agrees as well, the order of the keys above all, but for empty lists and blocks: cdktf writes
  // them on two lines.
  for (const [file, text] of ours) {
    const expected = text.replaceAll(/([[{])\n *([\]}])/g, '$1$2').replace('"0.21.0"', '"0.24.0"')
    expect(theirs.get(file)).toBe(expected)
  }
})
