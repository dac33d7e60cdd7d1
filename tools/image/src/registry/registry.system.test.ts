import { hash, randomBytes } from 'node:crypto'
import {
  existsSync,
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
import { ECR } from '@aws-sdk/client-ecr'
import { type LocalAws, startLocalAws } from '@cartwright/local-aws'
import { type HttpFaultProxy, type PassingRequest, startHttpFaultProxy } from '@cartwright/test-servers'
import type { Layout } from '../oci/layout.ts'
import { makeLayout } from '../oci/make-layout.ts'
import { copyImage } from './copy.ts'
import { findImage } from './image.ts'
import { pullImage } from './pull.ts'
import { pushImage } from './push.ts'

// Images on their way, by ECR's own operations at the emulator.

const PATIENCE = 60_000
const KEYS = { accessKeyId: 'local', secretAccessKey: 'local' }

let folder: string
let aws: LocalAws
let proxy: HttpFaultProxy
/** Straight, and by way of what goes wrong. */
let ecr: ECR
let shaky: ECR
/** Of two parts. */
let big: Layout
let small: Layout
const began: string[] = []
let repositories = 0

beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'registry-test-'))
  aws = await startLocalAws()
  proxy = await startHttpFaultProxy(aws.endpoint)
  ecr = new ECR({ endpoint: aws.endpoint, region: aws.region, credentials: KEYS })
  shaky = new ECR({ endpoint: proxy.url, region: aws.region, credentials: KEYS })
  big = await layoutOf('big', { 'app/main.js': 'print', 'app/data': randomBytes(11 * 1024 * 1024) })
  small = await layoutOf('small', { 'app/main.js': 'print again' })
}, PATIENCE)

beforeEach(() => {
  began.length = 0
  proxy.set(count)
})

afterAll(async () => {
  await proxy.stop()
  await aws.stop()
  rmSync(folder, { recursive: true, force: true })
})

async function layoutOf(name: string, files: Readonly<Record<string, string | Buffer>>): Promise<Layout> {
  const root = path.join(folder, name, 'root')
  for (const [file, content] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(root, file)), { recursive: true })
    writeFileSync(path.join(root, file), content)
  }
  const config = { Cmd: ['node', 'main.js'], Env: [`RELEASE=${name}`], WorkingDir: '/app' }
  return makeLayout({ root, config, folder: path.join(folder, name, 'layout') })
}

async function newRepository(imageTagMutability: 'IMMUTABLE' | 'MUTABLE' = 'IMMUTABLE'): Promise<string> {
  repositories += 1
  const repositoryName = `shop/api-${repositories}`
  await ecr.createRepository({ repositoryName, imageTagMutability })
  return repositoryName
}

function operationOf({ headers }: PassingRequest): string {
  return String(headers['x-amz-target']).split('.').at(-1) ?? ''
}

function count(request: PassingRequest): undefined {
  began.push(operationOf(request))
}

const times = (operation: string): number => began.filter((one) => one === operation).length

/** What ECR says instead of doing it, once. */
function refuseOnce(operation: string, name: string, members: object = {}): void {
  let isDone = false
  proxy.set((request) => {
    count(request)
    if (isDone || operationOf(request) !== operation) return undefined
    isDone = true
    const headers = { 'content-type': 'application/x-amz-json-1.1' }
    const body = JSON.stringify({ __type: name, message: name, ...members })
    return { does: 'answer', answer: { status: 400, headers, body } }
  })
}

test('an image is pushed in parts, and pulled as it was', async () => {
  const repositoryName = await newRepository()
  const heard: string[] = []
  const digest = await pushImage({
    ecr: shaky,
    layout: big,
    repositoryName,
    tag: '1',
    hear: (line) => heard.push(line),
  })

  expect(digest).toBe(big.digest)
  // Two of the layer, one of the configuration.
  expect(times('UploadLayerPart')).toBe(3)
  expect(heard).toEqual([
    `${big.config.digest}: 0.0 MB`,
    expect.stringMatching(/^sha256:[\da-f]{64}: 11\.5 MB$/),
    `${repositoryName}:1 is ${digest}`,
  ])
  for (const imageId of [{ imageTag: '1' }, { imageDigest: digest }]) {
    const pulled = path.join(folder, `pulled-${Object.keys(imageId)[0]}`)
    const image = await pullImage({ ecr, repositoryName, imageId, folder: pulled })
    expect(image).toMatchObject({ digest, config: { Cmd: ['node', 'main.js'], Env: ['RELEASE=big'] } })
    expect(readdirSync(pulled).toSorted()).toEqual(['config.json', 'root'])
    expect(hashOf(path.join(image.root, 'app/data'))).toBe(hashOf(path.join(folder, 'big/root/app/data')))
  }
})

test('an image that is there is not uploaded again, under its tag or another one', async () => {
  const repositoryName = await newRepository()
  await pushImage({ ecr, layout: small, repositoryName, tag: '1' })

  expect(await pushImage({ ecr: shaky, layout: small, repositoryName, tag: '1' })).toBe(small.digest)
  expect(await pushImage({ ecr: shaky, layout: small, repositoryName, tag: '2' })).toBe(small.digest)
  expect([times('InitiateLayerUpload'), times('PutImage')]).toEqual([0, 1])
})

test.each(['IMMUTABLE', 'MUTABLE'] as const)(
  'a tag of another image is refused where tags are %s',
  async (how) => {
    const repositoryName = await newRepository(how)
    await pushImage({ ecr, layout: small, repositoryName, tag: '1' })

    const pushing = pushImage({ ecr, layout: big, repositoryName, tag: '1' })

    await expect(pushing).rejects.toThrow(
      `${repositoryName}:1 is ${small.digest} already; wanted: ${big.digest}, or a tag that is free`,
    )
    expect((await findImage({ ecr, repositoryName }, { imageTag: '1' }))?.digest).toBe(small.digest)
  },
)

test('a push that was interrupted is completed by the next one', async () => {
  const repositoryName = await newRepository()
  const once = new ECR({ endpoint: proxy.url, region: aws.region, credentials: KEYS, maxAttempts: 1 })
  proxy.set((request) => {
    count(request)
    // The layer's: the configuration is up by then.
    return times('UploadLayerPart') === 2 ? { does: 'cut-before' } : undefined
  })
  await expect(pushImage({ ecr: once, layout: small, repositoryName, tag: '1' })).rejects.toThrow()
  expect(await findImage({ ecr, repositoryName }, { imageTag: '1' })).toBeUndefined()
  began.length = 0
  proxy.set(count)

  expect(await pushImage({ ecr: once, layout: small, repositoryName, tag: '1' })).toBe(small.digest)
  expect(times('InitiateLayerUpload')).toBe(1)
})

describe('what ECR says when somebody was faster, or an answer was lost', () => {
  test.each([
    ['CompleteLayerUpload', 'LayerAlreadyExistsException'],
    ['PutImage', 'ImageAlreadyExistsException'],
  ])('%s: %s is no error', async (operation, name) => {
    const repositoryName = await newRepository()
    refuseOnce(operation, name)

    expect(await pushImage({ ecr: shaky, layout: small, repositoryName, tag: '1' })).toBe(small.digest)
  })

  test.each<[string, number, string]>([
    // The emulator has never had it, and says so at the end.
    ['all of a part: it had arrived', 0, 'EmptyUploadException'],
    ['less than a part: it had not', 1, 'InvalidLayerPartException'],
  ])('InvalidLayerPartException that tells %s', async (_, missing, name) => {
    const repositoryName = await newRepository()
    const lastValidByteReceived = small.config.size - 1 - missing
    refuseOnce('UploadLayerPart', 'InvalidLayerPartException', { lastValidByteReceived })

    const pushing = pushImage({ ecr: shaky, layout: small, repositoryName, tag: '1' })

    await expect(pushing).rejects.toMatchObject({ name })
  })

  test('ImageTagAlreadyExistsException: the tag is another image’s', async () => {
    const repositoryName = await newRepository()
    refuseOnce('PutImage', 'ImageTagAlreadyExistsException')

    const pushing = pushImage({ ecr: shaky, layout: small, repositoryName, tag: '1' })

    await expect(pushing).rejects.toThrow(
      `${repositoryName}:1 is another image already; wanted: ${small.digest}`,
    )
  })

  test('LayersNotFoundException: what has gone in between is uploaded again', async () => {
    const repositoryName = await newRepository()
    refuseOnce('PutImage', 'LayersNotFoundException')

    expect(await pushImage({ ecr: shaky, layout: small, repositoryName, tag: '1' })).toBe(small.digest)
    expect([times('BatchCheckLayerAvailability'), times('PutImage')]).toEqual([2, 2])
  })
})

test('a copy keeps the digest, and nothing of it stays here', async () => {
  const [one, two] = [await newRepository(), await newRepository()]
  await pushImage({ ecr, layout: small, repositoryName: one, tag: '1' })
  const from = { ecr, registryId: '123456789012', repositoryName: one, tag: '1' }
  const copies = (): string[] => readdirSync(tmpdir()).filter((name) => name.startsWith('cartwright-copy-'))
  const before = copies()

  const copy = copyImage({ from, to: { ecr: shaky, repositoryName: two }, tag: '2' })

  expect(await copy).toBe(small.digest)
  expect((await findImage({ ecr, repositoryName: two }, { imageTag: '2' }))?.manifest).toBe(small.manifest)
  expect(copies()).toEqual(before)
  began.length = 0
  expect(await copyImage({ from, to: { ecr: shaky, repositoryName: two }, tag: '3' })).toBe(small.digest)
  expect(times('InitiateLayerUpload')).toBe(0)
})

describe('a pull leaves nothing', () => {
  const pulled = (): string => path.join(folder, 'refused')

  test('where there is no such image', async () => {
    const repositoryName = await newRepository()

    const pulling = pullImage({ ecr, repositoryName, imageId: { imageTag: '1' }, folder: pulled() })

    await expect(pulling).rejects.toThrow(`${repositoryName}:1 is not there; wanted: an image`)
    expect(existsSync(pulled())).toBe(false)
  })

  test('where a layer is not what its digest says', async () => {
    const repositoryName = await newRepository()
    await pushImage({ ecr, layout: small, repositoryName, tag: '1' })
    const [layer] = small.layers
    const other = await ecr.getDownloadUrlForLayer({ repositoryName, layerDigest: small.config.digest })
    proxy.set((request) =>
      operationOf(request) === 'GetDownloadUrlForLayer' && String(request.body).includes(layer?.digest ?? '')
        ? {
            does: 'answer',
            answer: { status: 200, body: JSON.stringify({ downloadUrl: other.downloadUrl }) },
          }
        : undefined,
    )

    const pulling = pullImage({ ecr: shaky, repositoryName, imageId: { imageTag: '1' }, folder: pulled() })

    await expect(pulling).rejects.toThrow(
      `${repositoryName} answers ${statSync(small.config.file).size} bytes of ${small.config.digest}; ` +
        `wanted: ${layer?.size} of ${layer?.digest}`,
    )
    expect(existsSync(pulled())).toBe(false)
  })
})

function hashOf(file: string): string {
  return hash('sha256', readFileSync(file))
}
