import { parseArgs } from 'node:util'
import { RULES, type RuleId, ruleOf } from './rules.ts'
import type { Sizes } from './state.ts'

/** What the command line asks for. */
export interface Options {
  readonly sizes: Sizes
  readonly broken: RuleId | undefined
  readonly progress: boolean
}

/** The command line cannot be understood; the message says what is wrong with it. */
export class BadOptions extends Error {}

const DEFAULTS: Sizes = { processes: 2, writes: 1, reads: 3, epochs: 0, returns: 0 }

export const HELP = `node tools/cache-model/src/main.ts [options]

Goes through everything that can happen to one cart in the cache protocol, looking for a stale read. Ends with
exit code 0 if there is none, 1 if there is one (its shortest timeline is printed), 2 if it stopped before the end.

  --procs <n>      processes (${DEFAULTS.processes})
  --writes <n>     writes that begin (${DEFAULTS.writes})
  --reads <n>      reads that begin (${DEFAULTS.reads})
  --epochs <n>     changes of the epoch: off, on, off, … (${DEFAULTS.epochs})
  --returns <n>    0 or 1: whether a primary that was replaced may be promoted again (${DEFAULTS.returns})
  --break <rule>   leaves a rule out
  --progress       tells the states met so far, depth by depth, on standard error
  --list           the rules, with the smallest sizes at which breaking each shows
  --help           this text

Two processes, 1 write and 3 reads are 0.5 million states and 8 s; a change of the epoch makes them 3 times as
many, a return twice, a second write 30 times. Millions need memory: node --max-old-space-size=8000.
`

/**
 * @returns `help` or `list` when these are asked for
 * @throws {BadOptions}
 */
export function readOptions(args: readonly string[]): Options | 'help' | 'list' {
  const values = parse(args)
  if (values.help === true) return 'help'
  if (values.list === true) return 'list'
  return {
    sizes: {
      processes: count('procs', values.procs, 1) ?? DEFAULTS.processes,
      writes: count('writes', values.writes, 0) ?? DEFAULTS.writes,
      reads: count('reads', values.reads, 0) ?? DEFAULTS.reads,
      epochs: count('epochs', values.epochs, 0) ?? DEFAULTS.epochs,
      returns: count('returns', values.returns, 0, 1) ?? DEFAULTS.returns,
    },
    broken: rule(values.break),
    progress: values.progress === true,
  }
}

/** The rules as `--list` shows them. */
export function listOfRules(): string {
  return RULES.map(({ id, says, shows }) => {
    const { writes, reads, epochs, returns } = shows
    const sizes = `--writes ${writes} --reads ${reads} --epochs ${epochs} --returns ${returns}`
    return `${id}\n    ${says}\n    ${sizes} --break ${id}\n`
  }).join('')
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        procs: { type: 'string' },
        writes: { type: 'string' },
        reads: { type: 'string' },
        epochs: { type: 'string' },
        returns: { type: 'string' },
        break: { type: 'string' },
        progress: { type: 'boolean' },
        list: { type: 'boolean' },
        help: { type: 'boolean' },
      },
    }).values
  } catch (cause) {
    throw new BadOptions(cause instanceof Error ? cause.message : String(cause), { cause })
  }
}

function count(name: string, text: string | undefined, least: number, most = 9): number | undefined {
  if (text === undefined) return undefined
  if (/^\d$/.test(text) && Number(text) >= least && Number(text) <= most) return Number(text)
  throw new BadOptions(`--${name} is "${text}"; wanted: a whole number from ${least} to ${most}`)
}

function rule(id: string | undefined): RuleId | undefined {
  if (id === undefined) return undefined
  const found = ruleOf(id)
  if (found !== undefined) return found.id
  throw new BadOptions(`--break is "${id}"; wanted: ${RULES.map((known) => known.id).join(', ')}`)
}
