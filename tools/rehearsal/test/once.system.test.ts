import { type Ended, type Run, User, until } from './user.ts'

/** It tells of what hangs: a deploy takes a minute or two, most of it the provider's own waiting. */
const PATIENCE = 900_000
const NOTHING = { processes: [], files: [] }

describe('npm run rehearse -- dev --once', () => {
  let user: User
  let run: Ended
  beforeAll(async () => {
    user = new User()
    run = await user.run('dev', '--once')
    // What every step took, for whoever reads the log of the tests.
    console.log(
      run.said
        .split('\n')
        .filter((line) => /^\S.*: .* s$/.test(line))
        .join('\n'),
    )
  }, PATIENCE)
  afterAll(() => user.end(), PATIENCE)

  test('deploys from nothing, passes the smoke suite, and succeeds', () => {
    expect(run).toMatchObject({ code: 0 })
    expect(run.said).toMatch(/ {2}✓ the event of the checkout arrives in the queue/)
    expect(run.said).toMatch(/ {2}\d+ passed, 0 failed/)
  })

  test('tells what each step took', () => {
    for (const step of [
      'local AWS',
      'state backend',
      'deploy dev',
      'release \\S+',
      'smoke suite',
      'destroy dev',
    ]) {
      expect(run.said).toMatch(new RegExp(`^${step}: .* s$`, 'm'))
    }
  })

  test('finds that a release leaves nothing for another deploy to change', () => {
    expect(run.said).toMatch(/^another deploy changes nothing: /m)
  })

  test('leaves no process and no file', () => {
    expect(user.left()).toEqual(NOTHING)
  })
})

describe('a rehearsal that is killed in the middle of its deploy', () => {
  let user: User
  let first: Run
  beforeAll(async () => {
    user = new User()
    first = user.start('dev')
    await until(() => /terraform apply: 2 to import/.test(first.said()))
  }, PATIENCE)
  afterAll(() => user.end(), PATIENCE)

  test(
    'is there for other commands, and keeps a second one from starting',
    async () => {
      const [second, status] = [await user.run('staging'), await user.run('--status')]

      expect(second).toMatchObject({ code: 1 })
      expect(second.said).toMatch(
        /a rehearsal of dev runs already \(process \d+\); end it first: npm run rehearse -- --down/,
      )
      expect(status).toMatchObject({ code: 1, said: expect.stringContaining('dev does not run yet') })
    },
    PATIENCE,
  )

  test(
    'leaves no process and no file, and --down finds nothing to end',
    async () => {
      first.child.kill('SIGKILL')
      await first.ended
      await until(() => JSON.stringify(user.left()) === JSON.stringify(NOTHING))

      expect(await user.run('--down')).toEqual({ code: 0, said: 'none runs\n' })
    },
    PATIENCE,
  )
})

describe('a rehearsal that is ended while it begins', () => {
  let user: User
  beforeAll(() => {
    user = new User()
  })
  afterAll(() => user.end(), PATIENCE)

  test.each([
    ['by Ctrl-C', 'SIGINT', 130],
    ['by SIGTERM', 'SIGTERM', 143],
  ] as const)(
    '%s ends with what a shell calls that, and leaves nothing',
    async (_, signal, code) => {
      const { child, said, ended } = user.start('dev')
      await until(() => said().includes('state backend …'))

      child.kill(signal)

      expect(await ended).toMatchObject({
        code,
        said: expect.stringContaining('everything that was started goes'),
      })
      await until(() => JSON.stringify(user.left()) === JSON.stringify(NOTHING))
    },
    PATIENCE,
  )

  test(
    'by --down, as soon as it has the folder, does not pass for a success of --once',
    async () => {
      const { said, ended } = user.start('dev', '--once')
      await until(() => said().includes('local AWS …'))

      expect(await user.run('--down')).toEqual({ code: 0, said: 'ended\n' })
      expect((await ended).code).not.toBe(0)
      await until(() => JSON.stringify(user.left()) === JSON.stringify(NOTHING))
    },
    PATIENCE,
  )

  test(
    'in the background by an environment that is not there, its starter says so',
    async () => {
      const ended = await user.run('nosuch', '--keep')

      expect(ended).toMatchObject({
        code: 1,
        said: expect.stringContaining('there is no environment "nosuch"'),
      })
    },
    PATIENCE,
  )
})
