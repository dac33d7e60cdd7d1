import { BadOptions, parseOptions } from '@cartwright/deploy/program'

export type Options =
  | {
      readonly command: 'rehearse'
      readonly environment: string
      /** How it goes on once it runs. */
      readonly next: 'stay' | 'leave' | 'keep'
      readonly port?: number
      readonly hasPipeline: boolean
      readonly isEmpty: boolean
    }
  | { readonly command: 'status' | 'env' | 'down' }

export const HELP = `npm run rehearse -- <environment> [options]

Deploys an environment to an AWS on this machine, with the real Terraform, and runs what was deployed: tasks with the declared
settings and roles, the load balancer, Redis with TLS and its token. Tries it with the smoke suite, shows what is running, and
stays until Ctrl-C. Nothing is left then, also after a crash; nothing of it costs anything.

  --once        tries it, sees that another deploy changes nothing, destroys it again, and leaves
  --keep        goes on in the background when it runs
  --pipeline    with a pipeline, also where the environment's file has none: npm run pipeline plays it
  --empty       releases nothing: the first release is the pipeline's, or npm run release's
  --port <n>    where the API listens on this machine (a free one)

Of the one that runs:
  --status      what is running
  --env         prints what points a shell, Terraform and the AWS CLI at it: eval "$(npm run -s rehearse -- --env)"
  --down        ends it, and removes what a crash may have left

  --help        this text

npm run drill tells what can be made to fail on a running one; npm run pipeline plays its pipeline; npm run smoke tries any
API.
`

const ALONE = ['status', 'env', 'down'] as const

/** @throws {BadOptions} */
export function readOptions(args: readonly string[]): Options | 'help' {
  const { values, positionals } = parse(args)
  if (values.help === true) return 'help'
  const command = ALONE.find((one) => values[one] === true)
  if (command !== undefined) {
    if (Object.keys(values).length > 1 || positionals.length > 0)
      throw new BadOptions(`--${command} stands alone; got "${args.join(' ')}"`)
    return { command }
  }
  const [environment, ...more] = positionals
  if (environment === undefined) throw new BadOptions('no environment is named; wanted: one, such as dev')
  if (more.length > 0) throw new BadOptions(`"${more.join(' ')}" is too much; wanted: one environment`)
  if (values.once === true && values.keep === true)
    throw new BadOptions('--once leaves and --keep stays; wanted: one of them')
  return {
    command: 'rehearse',
    environment,
    next: values.once === true ? 'leave' : values.keep === true ? 'keep' : 'stay',
    hasPipeline: values.pipeline === true,
    isEmpty: values.empty === true,
    ...(values.port === undefined ? {} : { port: portIn(values.port) }),
  }
}

function parse(args: readonly string[]) {
  const flag = { type: 'boolean' } as const
  return parseOptions({
    args: [...args],
    allowPositionals: true,
    options: {
      once: flag,
      keep: flag,
      pipeline: flag,
      empty: flag,
      port: { type: 'string' },
      status: flag,
      env: flag,
      down: flag,
      help: flag,
    },
  })
}

function portIn(text: string): number {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN
  if (port >= 1 && port <= 65_535) return port
  throw new BadOptions(`--port is "${text}"; wanted: a whole number from 1 to 65535`)
}
