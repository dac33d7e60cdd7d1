import { spawnSync } from 'node:child_process'
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { BuildspecName } from './buildspec.ts'

// What buildspecs do, by bash itself. The programs that they start are stand-ins, which note how they are called and
// answer what a test says; one that has no answer fails.

const BUILDSPECS = path.join(import.meta.dirname, 'buildspecs')
const STAND_INS = ['aws', 'curl', 'docker', 'git', 'npm', 'seq', 'sleep']

/** Answers by a program with its first two words, or by the program: one for each call, the last for all that follow. */
const STAND_IN = `#!/bin/bash
name=\${0##*/}
echo "$name $*" >> "$PLACE/calls"
if [ "$name $1" = 'docker login' ]; then cat > /dev/null; fi
for key in "$name $1 $2" "$name"; do
  answers=("$PLACE/answers/$key"/*)
  if [ ! -f "\${answers[0]}" ]; then continue; fi
  cat "\${answers[0]}"
  if [ \${#answers[@]} -gt 1 ]; then rm "\${answers[0]}"; fi
  exit
done
echo "$name $1 $2 is refused" >&2
exit 1
`

/** Nobody waits here, and whoever tries again does so twelve times. */
const QUICK = { sleep: '', seq: Array.from({ length: 12 }, (_, index) => index).join(' ') }

type Answers = Readonly<Record<string, string | readonly string[] | undefined>>

interface Ended {
  readonly ok: boolean
  readonly said: string
  readonly calls: readonly string[]
  readonly files: Readonly<Record<string, string>>
}

const ENV = {
  API_URL: 'https://cart.example.com',
  CLUSTER: 'shop',
  CONTAINER: 'api',
  DESIRED_TASKS: '3',
  EXECUTION: 'run-1',
  FAILED_AT: '2026-01-02T00:00:00Z',
  MIN_TASKS: '2',
  NO_RELEASE: 'none',
  PATIENCE_MINUTES: '0',
  PIPELINE: 'shop',
  PROVEN_REGION: 'eu-west-1',
  PROVEN_REGISTRY: '123456789012',
  PROVEN_REPOSITORY: 'shop-before',
  RELEASE_PARAMETER: '/shop/release',
  REPOSITORY: 'shop',
  REPOSITORY_URL: 'registry.example.com/shop',
  SERVICE: 'cart',
  TASK_FAMILY: 'cart',
}

let place: string

beforeEach(() => {
  place = mkdtempSync(path.join(tmpdir(), 'buildspec-'))
})

afterEach(() => rmSync(place, { recursive: true, force: true }))

/** Runs a buildspec's commands as CodeBuild does: in one shell, until one of them fails. */
function run(
  name: BuildspecName,
  answers: Answers,
  env: Readonly<Record<string, string>> = {},
  sources: Readonly<Record<string, string>> = {},
): Ended {
  const folders = { bin: path.join(place, 'bin'), sources: path.join(place, 'sources') }
  for (const folder of Object.values(folders)) mkdirSync(folder)
  for (const program of STAND_INS) {
    const file = path.join(folders.bin, program)
    writeFileSync(file, STAND_IN)
    chmodSync(file, 0o755)
  }
  for (const [key, answer] of Object.entries({ ...QUICK, ...answers })) {
    const folder = path.join(place, 'answers', key)
    mkdirSync(folder, { recursive: true })
    for (const [index, text] of [answer ?? []].flat().entries())
      writeFileSync(path.join(folder, `${index}`), text)
  }
  for (const [file, text] of Object.entries(sources)) writeFileSync(path.join(folders.sources, file), text)
  const script = commandsIn(name)
    .map((command) => `${command}\nstatus=$?\nif [ $status != 0 ]; then exit $status; fi`)
    .join('\n')
  const { status, stdout, stderr } = spawnSync('bash', ['-c', script], {
    cwd: folders.sources,
    encoding: 'utf8',
    env: { ...ENV, ...env, PLACE: place, PATH: `${folders.bin}:${process.env['PATH']}` },
  })
  const files = readdirSync(folders.sources)
  return {
    ok: status === 0,
    said: stdout + stderr,
    calls: readFileSync(path.join(place, 'calls'), { encoding: 'utf8', flag: 'a+' }).split('\n'),
    files: Object.fromEntries(
      files.map((file) => [file, readFileSync(path.join(folders.sources, file), 'utf8')]),
    ),
  }
}

/** The commands of a buildspec: the items of its lists, blocks without their indentation. */
function commandsIn(name: string): readonly string[] {
  const commands: string[] = []
  let block = false
  for (const line of readFileSync(path.join(BUILDSPECS, `${name}.yml`), 'utf8').split('\n')) {
    const item = /^ {6}- (.*)$/.exec(line)?.[1]
    if (item !== undefined) {
      block = item === '|'
      commands.push(block ? '' : item)
    } else if (block && /^( {8}|$)/.test(line)) commands.push(`${commands.pop()}${line.slice(8)}\n`)
    else block = false
  }
  return commands
}

/** All answers but one: that call is refused. */
function without(answers: Answers, call: string): Answers {
  const { [call]: _, ...others } = answers
  return others
}

function callsOf({ calls }: Ended, start: string): readonly string[] {
  return calls.filter((call) => call.startsWith(start))
}

const failed = (said = '') => ({ ok: false, said: expect.stringContaining(said) })

describe.each(readdirSync(BUILDSPECS).map((file) => path.basename(file, '.yml')))('%s', (name) => {
  test('is shell', () => {
    expect(commandsIn(name).length).toBeGreaterThan(2)
    for (const command of commandsIn(name)) {
      expect(spawnSync('bash', ['-n'], { input: command, encoding: 'utf8' })).toMatchObject({
        status: 0,
        stderr: '',
      })
    }
  })
})

describe('smoke', () => {
  const RELEASE = { 'release.json': JSON.stringify({ commit: 'c1', tree: 't1' }) }
  const IMAGE = { images: [{ imageManifest: '{}', imageManifestMediaType: 'application/json' }] }
  const FIRST: Answers = {
    'aws ssm get-parameter': 'none',
    'aws ecs update-service': '',
    'aws ecs wait': '',
    curl: JSON.stringify({ release: 'c1' }),
    'aws ecr batch-get-image': JSON.stringify(IMAGE),
    'aws ecr put-image': '',
    'aws application-autoscaling register-scalable-target': '',
    'aws ssm put-parameter': '',
  }

  test('a first release starts the tasks, is tried, and only then has its mark, its minimum and its name', () => {
    const ended = run('smoke', FIRST, {}, RELEASE)

    expect(ended).toMatchObject({ ok: true })
    const [, ...later] = callsOf(ended, 'aws')
    expect(later).toEqual([
      'aws ecs update-service --cluster shop --service cart --desired-count 3',
      expect.stringContaining('aws ecs wait services-stable'),
      expect.stringContaining('aws ecr describe-images'),
      expect.stringContaining('aws ecr batch-get-image'),
      expect.stringContaining('aws ecr put-image --repository-name shop --image-tag in-use-t1-c1'),
      'aws application-autoscaling register-scalable-target --service-namespace ecs --scalable-dimension ecs:service:DesiredCount --resource-id service/shop/cart --min-capacity 2',
      'aws ssm put-parameter --name /shop/release --value c1 --overwrite',
    ])
    expect(callsOf(ended, 'curl')).toHaveLength(10)
  })

  test.each([
    ['a later release', { ...FIRST, 'aws ssm get-parameter': 'c0' }, {}],
    ['what does not scale', FIRST, { MIN_TASKS: '0' }],
  ] as const)('%s registers no minimum', (_what, answers, env) => {
    const ended = run('smoke', answers, env, RELEASE)

    expect(ended).toMatchObject({ ok: true })
    expect(callsOf(ended, 'aws application-autoscaling')).toEqual([])
    expect(callsOf(ended, 'aws ssm put-parameter')).toHaveLength(1)
  })

  test.each([
    ['a dead API', without(FIRST, 'curl'), 'tells the release nothing; wanted: c1'],
    [
      'another release',
      { ...FIRST, curl: JSON.stringify({ release: 'c0' }) },
      'tells the release c0; wanted: c1',
    ],
  ] as const)('%s fails, and nothing is said to be in use', (_what, answers, said) => {
    const ended = run('smoke', answers, {}, RELEASE)

    expect(ended).toMatchObject(failed(said))
    expect([...callsOf(ended, 'aws ecr'), ...callsOf(ended, 'aws ssm put-parameter')]).toEqual([])
  })

  test.each([
    ['no commit', { 'release.json': JSON.stringify({ tree: 't1' }) }],
    ['no tree', { 'release.json': JSON.stringify({ commit: 'c1', tree: '' }) }],
    ['no file', {}],
  ] as const)('a release that tells %s is refused, also where nothing answers', (_what, sources) => {
    const ended = run('smoke', without(FIRST, 'curl'), {}, sources)

    expect(ended).toMatchObject(failed())
    expect(callsOf(ended, 'curl')).toEqual([])
    expect(callsOf(ended, 'aws')).toEqual([])
  })

  test.each(Object.keys(FIRST).filter((call) => call.startsWith('aws')))('fails where %s does', (call) => {
    expect(run('smoke', without(FIRST, call), {}, RELEASE)).toMatchObject(failed('is refused'))
  })
})

describe('undo', () => {
  const revision = (image: string) =>
    JSON.stringify({
      taskDefinition: {
        containerDefinitions: [{ name: 'api', image: `registry.example.com/shop:${image}` }],
        registeredAt: '2026-01-01T00:00:00.5+00:00',
      },
    })
  const revisions = (...names: readonly string[]) => JSON.stringify({ taskDefinitionArns: names })
  const actions = (variables: object) =>
    JSON.stringify({ actionExecutionDetails: [{ output: { outputVariables: variables } }, { output: {} }] })
  const FAILED: Answers = {
    'aws codepipeline list-action-executions': actions({ IMAGE_TAG: 'c2' }),
    'aws ssm get-parameter': 'c1',
    'aws ecs list-task-definitions': revisions('cart:2', 'cart:1'),
    'aws ecs describe-task-definition': [revision('c2'), revision('c1')],
    'aws ecs deregister-task-definition': '',
    'aws ecs describe-services': 'cart:2',
    'aws ecs update-service': '',
  }

  test.each([
    ['after others', 'c1', ''],
    ['that was the first', 'none', ' --desired-count 0'],
  ])('takes the revision of a release %s out of use, and the one before it runs', (_what, release, count) => {
    const ended = run('undo', { ...FAILED, 'aws ssm get-parameter': release })

    expect(ended).toMatchObject({ ok: true })
    expect(callsOf(ended, 'aws ecs deregister')).toEqual([
      'aws ecs deregister-task-definition --task-definition cart:2',
    ])
    expect(callsOf(ended, 'aws ecs update')).toEqual([
      `aws ecs update-service --cluster shop --service cart --task-definition cart:1${count}`,
    ])
  })

  test.each([
    ['the newest with the image in use', 'c1', 'cart:2'],
    ['the newest that is left, where none has it', 'c0', 'cart:3'],
  ])('puts %s in its place', (_what, release, next) => {
    const ended = run('undo', {
      ...FAILED,
      'aws ssm get-parameter': release,
      'aws ecs list-task-definitions': revisions('cart:4', 'cart:3', 'cart:2', 'cart:1'),
      'aws ecs describe-task-definition': [
        revision('c2'),
        revision('killed'),
        revision('c1'),
        revision('c1'),
      ],
      'aws ecs describe-services': 'cart:4',
    })

    expect(ended).toMatchObject({ ok: true })
    expect(callsOf(ended, 'aws ecs deregister')).toEqual([
      'aws ecs deregister-task-definition --task-definition cart:4',
    ])
    expect(callsOf(ended, 'aws ecs update')).toEqual([
      `aws ecs update-service --cluster shop --service cart --task-definition ${next}`,
    ])
  })

  test.each(Object.keys(FAILED))('fails where %s does', (call) => {
    expect(run('undo', without(FAILED, call))).toMatchObject(failed('is refused'))
  })

  test('fails where nothing is left to run', () => {
    const ended = run('undo', {
      ...FAILED,
      'aws ecs list-task-definitions': revisions('cart:2'),
    })

    expect(ended).toMatchObject(failed('cart has no revision left to put in the place of cart:2'))
    expect(callsOf(ended, 'aws ecs deregister')).toEqual([])
  })

  test('takes nothing out of use before something else is in its place', () => {
    const changes = [...callsOf(run('undo', FAILED), 'aws ecs')].filter(
      (call) => !/ (list|describe)-/.test(call),
    )

    expect(changes).toEqual([
      expect.stringMatching(/^aws ecs update-service .* --task-definition cart:1$/),
      'aws ecs deregister-task-definition --task-definition cart:2',
    ])
  })

  test.each([
    ['a run that rolled back', actions({})],
    ['the release in use', actions({ IMAGE_TAG: 'c1' })],
  ])('changes nothing for %s, and says so', (_what, listed) => {
    const ended = run('undo', { ...FAILED, 'aws codepipeline list-action-executions': listed })

    expect(ended).toMatchObject({ ok: true, said: expect.stringContaining('nothing to undo') })
    expect(callsOf(ended, 'aws ecs')).toEqual([])
  })

  test('leaves alone what a rollback has put in place already', () => {
    const ended = run('undo', { ...FAILED, 'aws ecs describe-services': 'cart:1' })

    expect(ended).toMatchObject({ ok: true, said: expect.stringContaining('cart:1 runs, and stays') })
    expect(callsOf(ended, 'aws ecs update')).toEqual([])
  })
})

describe('promote', () => {
  const described = (...tags: readonly string[]) =>
    JSON.stringify({ imageDetails: [{ imagePushedAt: '2026-01-01T00:00:00Z', imageTags: tags }] })
  const MANIFEST = JSON.stringify({ config: { digest: 'sha256:c' }, layers: [{ digest: 'sha256:l' }] })
  const IMAGE = {
    imageManifest: MANIFEST,
    imageManifestMediaType: 'application/json',
    imageId: { imageDigest: 'sha256:m' },
  }
  const PROVEN: Answers = {
    'git rev-parse HEAD^{tree}': 't1',
    'aws ecr describe-images': described('c1', 'in-use-t1-c1'),
    'aws ecr batch-get-image': JSON.stringify({ images: [IMAGE] }),
    'aws ecr batch-check-layer-availability': JSON.stringify({
      layers: [{ layerAvailability: 'AVAILABLE' }],
    }),
    'aws ecr put-image': '',
  }

  test('takes over what was proven for the tree', () => {
    const ended = run('promote', PROVEN)

    expect(ended).toMatchObject({ ok: true })
    expect(JSON.parse(ended.files['release.json'] ?? '')).toEqual({ commit: 'c1', tree: 't1' })
    expect(JSON.parse(ended.files['imagedefinitions.json'] ?? '')).toEqual([
      { name: 'api', imageUri: 'registry.example.com/shop:c1' },
    ])
  })

  test('refuses what was proven for no tree or another one, when its patience ends', () => {
    const ended = run('promote', {
      ...PROVEN,
      'aws ecr describe-images': described('c1', 'in-use-t0-c1'),
    })

    expect(ended).toMatchObject(failed('shop-before has no image that was proven for the tree t1'))
    expect(callsOf(ended, 'aws ecr put-image')).toEqual([])
  })

  test.each(['git rev-parse HEAD^{tree}', 'aws ecr describe-images'])('fails where %s does', (call) => {
    expect(run('promote', without(PROVEN, call))).toMatchObject(failed('is refused'))
  })
})

describe('build', () => {
  const scan = (status: string, counts: object = {}) =>
    JSON.stringify({
      imageScanStatus: { status },
      imageScanFindings: { findingSeverityCounts: counts },
    })
  const GOOD: Answers = {
    'npm run check': '',
    'npm run --silent': '',
    docker: '',
    'git rev-parse HEAD': 'c1',
    'git rev-parse HEAD^{tree}': 't1',
    'aws ecr get-login-password': 'password',
    'aws ecr describe-image-scan-findings': scan('COMPLETE', { LOW: 3 }),
  }

  test('makes and pushes the image of a commit that has none', () => {
    const ended = run('build', GOOD)

    expect(ended).toMatchObject({ ok: true })
    expect(callsOf(ended, 'docker').map((call) => call.split(' ')[1])).toEqual(['login', 'build', 'push'])
    expect(JSON.parse(ended.files['release.json'] ?? '')).toEqual({ commit: 'c1', tree: 't1' })
  })

  test('leaves the image of a commit that has one', () => {
    const ended = run('build', { ...GOOD, 'aws ecr describe-images': '{}' })

    expect(ended).toMatchObject({ ok: true })
    expect(callsOf(ended, 'docker')).toEqual([])
  })

  test.each([
    ['what is critical or high', scan('ACTIVE', { CRITICAL: 1, HIGH: 2 }), 'found 3 vulnerabilities'],
    ['what cannot be scanned', scan('UNSUPPORTED_IMAGE'), 'is UNSUPPORTED_IMAGE; wanted: COMPLETE'],
  ])('lets no image on with %s', (_what, found, said) => {
    const ended = run('build', { ...GOOD, 'aws ecr describe-image-scan-findings': found })

    expect(ended).toMatchObject(failed(said))
    expect(ended.files).not.toHaveProperty('imagedefinitions.json')
  })

  test.each(Object.keys(GOOD))('fails where %s does', (call) => {
    expect(run('build', without(GOOD, call))).toMatchObject({ ok: false })
  })
})
