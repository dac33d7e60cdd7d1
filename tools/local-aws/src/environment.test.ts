import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { environmentFor } from './environment.ts'

const endpoint = 'http://127.0.0.1:5001'
let folder: string

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'environment-'))
  mkdirSync(path.join(folder, 'mirror/registry.terraform.io/hashicorp/aws'), { recursive: true })
})

afterEach(() => rmSync(folder, { recursive: true, force: true }))

test('nothing that could lead to a real account stays', () => {
  const base = {
    AWS_PROFILE: 'prod',
    AWS_SESSION_TOKEN: 'x',
    AWS_ENDPOINT_URL_S3: 'https://s3.amazonaws.com',
    TF_CLI_ARGS_apply: '-auto-approve',
    HOME: folder,
    CARTWRIGHT_PROVIDER_MIRROR: 'none',
  }

  const merged = { ...base, ...environmentFor({ endpoint, base, folder }) }

  expect(merged).toMatchObject({
    AWS_ENDPOINT_URL: endpoint,
    AWS_REGION: 'eu-west-1',
    CHECKPOINT_DISABLE: '1',
  })
  const gone = ['AWS_PROFILE', 'AWS_SESSION_TOKEN', 'AWS_ENDPOINT_URL_S3', 'TF_CLI_ARGS_apply'] as const
  expect(gone.map((name) => merged[name])).toEqual([undefined, undefined, undefined, undefined])
})

test('a mirror is told to Terraform, for what it holds and for nothing else', () => {
  const mirror = path.join(folder, 'mirror')

  const environment = environmentFor({
    endpoint,
    base: { HOME: folder, CARTWRIGHT_PROVIDER_MIRROR: mirror },
    folder,
  })

  expect(environment['TF_CLI_ARGS_providers_lock']).toBe(`-fs-mirror=${mirror}`)
  expect(readFileSync(String(environment['TF_CLI_CONFIG_FILE']), 'utf8')).toBe(`provider_installation {
  filesystem_mirror {
    path    = "${mirror}"
    include = ["registry.terraform.io/hashicorp/aws"]
  }
  direct {
    exclude = ["registry.terraform.io/hashicorp/aws"]
  }
}
`)
})

test('a CLI configuration of the user is left alone', () => {
  const own = path.join(folder, 'own.rc')
  writeFileSync(own, '')

  const environment = environmentFor({ endpoint, base: { HOME: folder, TF_CLI_CONFIG_FILE: own }, folder })

  expect(environment['TF_CLI_CONFIG_FILE']).toBe(own)
})
