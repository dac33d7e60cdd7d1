import { BadOptions, parseOptions } from '../program.ts'

export const COMMANDS = ['deploy', 'diff', 'destroy', 'output'] as const
export type Command = (typeof COMMANDS)[number]

export interface Options {
  readonly environment: string
  /** Asks nothing. */
  readonly isYes: boolean
  /** The id of a lock that nobody holds any more. */
  readonly unlock: string | undefined
  /** Looks for what is at AWS and in no state. */
  readonly isRecover: boolean
  /** Whether something that holds data may go. */
  readonly allowsLoss: boolean
  /** Whether a deployment may start that no alarm would undo. */
  readonly despiteAlarms: boolean
  /** Whether changes are an exit code of their own. */
  readonly hasExitCode: boolean
  readonly isJson: boolean
  /** Of `output`: the one to tell. */
  readonly output: string | undefined
}

const YES = '  --yes             asks nothing'
const UNLOCK =
  '  --unlock <id>     frees the lock of a run that has ended on another machine; the refusal tells the id'
const RECOVER = `  --recover         looks by name and tag for what is at AWS and in no state, and takes it over; a run after one that was
                    killed does so by itself`
const HELP_LINE = '  --help            this text'

const BEFORE = `Before: the environment is complete, Terraform is new enough, the credentials are of its account, the state backend is there,
and nobody else works on it.`

export const HELPS: Readonly<Record<Command, string>> = {
  deploy: `npm run deploy -- <environment> [options]

Makes AWS what environments/<environment>.ts says: shows what changes, asks, and does exactly that. Run again it changes
nothing; interrupted, the same command goes on where it ended.

${BEFORE}

${YES}
${UNLOCK}
${RECOVER}
  --allow-loss      also deletes or replaces what holds data, where the change asks for it
  --despite-alarms  also changes the service while an alarm rings that would have to undo it
${HELP_LINE}
`,
  diff: `npm run diff -- <environment> [options]

Shows what a deploy would change, and changes nothing.

${BEFORE}

  --exit-code       ends with 2 where there are changes
${UNLOCK}
${RECOVER}
${HELP_LINE}
`,
  destroy: `npm run destroy -- <environment> [options]

Deletes everything that the environment has, and tells what AWS keeps for a while. Refused, before anything is deleted, while
something is protected.

${YES}
${UNLOCK}
  --recover         goes on where a deploy was killed or the state was brought back, with what the state lists
${HELP_LINE}
`,
  output: `npm run output -- <environment> [name] [options]

Tells what other tools ask for: addresses, names, ARNs. With a name only the value.

  --json            as JSON
${HELP_LINE}
`,
}

const FLAG = { type: 'boolean' } as const
const KINDS = {
  yes: FLAG,
  unlock: { type: 'string' },
  recover: FLAG,
  'allow-loss': FLAG,
  'despite-alarms': FLAG,
  'exit-code': FLAG,
  json: FLAG,
  help: FLAG,
} as const

/** Which options a command takes. */
const TAKEN: Readonly<Record<Command, readonly (keyof typeof KINDS)[]>> = {
  deploy: ['yes', 'unlock', 'recover', 'allow-loss', 'despite-alarms', 'help'],
  diff: ['exit-code', 'unlock', 'recover', 'help'],
  destroy: ['yes', 'unlock', 'recover', 'help'],
  output: ['json', 'help'],
}

/** @throws {BadOptions} */
export function readOptions(command: Command, args: readonly string[]): Options | 'help' {
  const { values, positionals } = parseOptions({ args: [...args], options: KINDS, allowPositionals: true })
  if (values.help === true) return 'help'
  const taken = TAKEN[command]
  const strange = Object.keys(values).find((name) => !taken.some((one) => one === name))
  if (strange !== undefined) throw new BadOptions(`${command} takes no --${strange}`)
  const [environment, output, ...more] = positionals
  if (environment === undefined) throw new BadOptions('no environment is named; wanted: one, such as dev')
  const [surplus] = command === 'output' ? more : [output, ...more]
  if (surplus !== undefined) throw new BadOptions(`"${surplus}" is too much; wanted: one environment`)
  return {
    environment,
    output,
    isYes: values.yes === true,
    unlock: values.unlock,
    isRecover: values.recover === true,
    allowsLoss: values['allow-loss'] === true,
    despiteAlarms: values['despite-alarms'] === true,
    hasExitCode: values['exit-code'] === true,
    isJson: values.json === true,
  }
}
