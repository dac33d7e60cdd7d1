import { spawnSync } from 'node:child_process'
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { TAKEOVERS } from '../src/takeover/import-ids.ts'

const ROOT = path.resolve(import.meta.dirname, '../../..')
const NAMES = ['dev', 'staging', 'prod']

let folder: string
let types: readonly string[]

/** With every switch on that brings resources of its own. */
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'takeovers-'))
  writeFileSync(path.join(folder, 'package.json'), '{"type":"module"}')
  for (const name of NAMES) {
    const file = path.join(folder, `${name}.ts`)
    cpSync(path.join(ROOT, 'environments', `${name}.ts`), file)
    const text = readFileSync(file, 'utf8')
    writeFileSync(
      file,
      text.replace('export default {', "export default {\n  enableCicd: true,\n  repositoryId: 'a/b',"),
    )
  }
  const given = NAMES.flatMap((name, index) => [
    // Images that go from account to account take policies.
    [`CARTWRIGHT_${name.toUpperCase()}_ACCOUNT_ID`, String(index + 1).repeat(12)],
    [`CARTWRIGHT_${name.toUpperCase()}_DOMAIN_NAME`, 'cart.example.com'],
    [`CARTWRIGHT_${name.toUpperCase()}_HOSTED_ZONE_ID`, 'Z0123456789ABCDEFGHIJ'],
    [`CARTWRIGHT_${name.toUpperCase()}_ALARM_EMAILS`, 'ops@example.com'],
  ])
  const { status, stderr } = spawnSync(process.execPath, [path.join(ROOT, 'infra/src/main.ts')], {
    encoding: 'utf8',
    env: {
      ...process.env,
      ...Object.fromEntries(given),
      CDKTF_OUTDIR: folder,
      CARTWRIGHT_ENVIRONMENTS: folder,
    },
  })
  if (status !== 0) throw new Error(stderr)
  const stacks = path.join(folder, 'stacks')
  const found = readdirSync(stacks)
    .filter((name) => NAMES.includes(name))
    .flatMap((name) => typesIn(path.join(stacks, name, 'cdk.tf.json')))
  types = [...new Set(found)].toSorted()
})

afterAll(() => rmSync(folder, { recursive: true, force: true }))

function typesIn(file: string): readonly string[] {
  const { resource } = JSON.parse(readFileSync(file, 'utf8')) as { resource: Record<string, unknown> }
  return Object.keys(resource)
}

test('every type of resource says how one that no state lists is taken over', () => {
  expect(Object.keys(TAKEOVERS).toSorted()).toEqual(types)
})
