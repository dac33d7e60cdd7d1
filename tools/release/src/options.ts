import { BadOptions, parseOptions } from '@cartwright/deploy/program'

export const COMMANDS = ['release', 'rollback', 'promote'] as const
export type Command = (typeof COMMANDS)[number]

export type Options =
  | {
      readonly command: 'release'
      readonly environment: string
      /** Of an image that is there. @default the commit that is checked out */
      readonly tag: string | undefined
      /** What the image is made on; `own`: this machine's Node. @default the Dockerfile's */
      readonly nodeImage: string | undefined
      readonly despiteFindings: boolean
      readonly despiteArchitecture: boolean
      readonly despiteAlarms: boolean
      readonly isYes: boolean
    }
  | {
      readonly command: 'rollback'
      readonly environment: string
      /** @default that of the release before */
      readonly tag: string | undefined
      readonly isYes: boolean
    }
  | {
      readonly command: 'promote'
      readonly from: string
      readonly environment: string
      /** Whose credentials see `from`. @default those for `environment` */
      readonly fromProfile: string | undefined
      readonly despiteAlarms: boolean
      readonly isYes: boolean
    }

const ALARMS = '  --despite-alarms         also while an alarm rings that would have to undo it'
const YES = '  --yes                    asks nothing'
const HELP_LINE = '  --help                   this text'
const THEN = `ECS replaces the tasks, the smoke suite tries the API by its public address (one order of it stays), and only then the image is
said to be in use. Where one of them fails, or at Ctrl-C, the release before runs again. Killed, the same command goes on.`

export const HELPS: Readonly<Record<Command, string>> = {
  release: `npm run release -- <environment> [options]

Releases the commit that is checked out: builds its image and pushes it, unless the registry has it; waits for the registry's scan.
${THEN}

  --tag <tag>              an image that the registry has, instead of building one
  --node-image <name>      what the image is made on, as for npm run image; own: this machine's Node
  --despite-findings       also where the scan finds something critical or high
  --despite-architecture   also pushes an image that is for another processor than tasks run on, as in a rehearsal
${ALARMS}
${YES}
${HELP_LINE}
`,
  rollback: `npm run rollback -- <environment> [tag] [options]

Releases the image of the release before, or that of a tag: one that was in use.
${THEN}
Without a tag it is refused where it was killed while tasks were replaced, and says which tags there are: of what runs, and of what
is said to be in use.

${YES}
${HELP_LINE}
`,
  promote: `npm run promote -- <from> <to> [options]

Copies the image that is in use in <from> to the registry of <to>, byte for byte, and releases it there.
${THEN}

  --from-profile <name>    the AWS profile that sees <from>, where it is in another account
${ALARMS}
${YES}
${HELP_LINE}
`,
}

const TEXT = { type: 'string' } as const
const FLAG = { type: 'boolean' } as const
const KINDS = {
  tag: TEXT,
  'node-image': TEXT,
  'from-profile': TEXT,
  'despite-findings': FLAG,
  'despite-architecture': FLAG,
  'despite-alarms': FLAG,
  yes: FLAG,
  help: FLAG,
} as const

/** Which options a command takes. */
const TAKEN: Readonly<Record<Command, readonly (keyof typeof KINDS)[]>> = {
  release: ['tag', 'node-image', 'despite-findings', 'despite-architecture', 'despite-alarms', 'yes', 'help'],
  rollback: ['yes', 'help'],
  promote: ['from-profile', 'despite-alarms', 'yes', 'help'],
}

/** What a tag is made of (OCI distribution specification). */
const TAG = /^\w[\w.-]{0,127}$/

/** @throws {BadOptions} */
export function readOptions(command: Command, args: readonly string[]): Options | 'help' {
  const { values, positionals } = parseOptions({ args: [...args], options: KINDS, allowPositionals: true })
  if (values.help === true) return 'help'
  const strange = Object.keys(values).find((name) => !TAKEN[command].some((one) => one === name))
  if (strange !== undefined) throw new BadOptions(`${command} takes no --${strange}`)
  const isYes = values.yes === true
  const despiteAlarms = values['despite-alarms'] === true
  switch (command) {
    case 'release':
      return {
        command,
        environment: named(positionals, 1)[0],
        tag: tagIn('--tag', values.tag),
        nodeImage: values['node-image'],
        despiteFindings: values['despite-findings'] === true,
        despiteArchitecture: values['despite-architecture'] === true,
        despiteAlarms,
        isYes,
      }
    case 'rollback': {
      const [environment, tag] = named(positionals, 2)
      return { command, environment, tag: tagIn('the tag', tag), isYes }
    }
    case 'promote': {
      const [from, to] = named(positionals, 2)
      if (to === undefined)
        throw new BadOptions('one environment is named; wanted: two, such as staging prod')
      return { command, from, environment: to, fromProfile: values['from-profile'], despiteAlarms, isYes }
    }
  }
}

function named(positionals: readonly string[], most: number): readonly [string, string | undefined] {
  const [first, second] = positionals
  if (first === undefined) throw new BadOptions('no environment is named; wanted: one, such as dev')
  const surplus = positionals[most]
  if (surplus !== undefined)
    throw new BadOptions(`"${surplus}" is too much; wanted: ${most === 1 ? 'one word' : 'two words'}`)
  return [first, second]
}

function tagIn(name: string, tag: string | undefined): string | undefined {
  if (tag === undefined || TAG.test(tag)) return tag
  throw new BadOptions(
    `${name} is "${tag}"; wanted: at most 128 letters, digits, dots, underlines and hyphens`,
  )
}
