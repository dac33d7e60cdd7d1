import { BadOptions, parseOptions } from '@cartwright/deploy/program'
import { DRILL_NAMES, type DrillName, isDrill } from './drills.ts'
import { DEFAULTS } from './run.ts'
import { shownList } from './shown.ts'

export interface Options {
  /** Nothing: they are listed. */
  readonly drill: DrillName | 'all' | undefined
  /** `scale`: to so many tasks. */
  readonly tasks: number
  readonly isLate: boolean
  readonly clients: number
  readonly rate: number
  readonly isJson: boolean
}

export const HELP = `npm run drill -- [<name>] [options]

Makes something happen to the rehearsal that runs (npm run rehearse), under a steady load, and tells what became of requests
and whether what was promised held. Leaves the rehearsal as it was. Without a name it lists the drills; all plays every
one that the environment allows. Ends with 1 where a promise was broken.

  --late           spot-interruption: the target group hears of it when the task has stopped
  --clients <n>    how many clients there are (${DEFAULTS.clients})
  --rate <n>       requests a second, of all clients together (${DEFAULTS.rate})
  --json           prints one JSON document, and what happens on the standard error
  --help           this text

Drills:

${shownList()
  .split('\n')
  .map((line) => `  ${line}`)
  .join('\n')}
`

/** @throws {BadOptions} */
export function readOptions(args: readonly string[]): Options | 'help' {
  const { values, positionals } = parse(args)
  if (values.help === true) return 'help'
  const [name, ...given] = positionals
  if (name !== undefined && name !== 'all' && !isDrill(name))
    throw new BadOptions(`there is no drill "${name}"; wanted: all, ${DRILL_NAMES.join(', ')}`)
  if (values.late === true && name !== 'spot-interruption')
    throw new BadOptions(`--late is for spot-interruption${name === undefined ? '' : `, not for ${name}`}`)
  const [tasks = String(DEFAULTS.tasks), ...more] = name === 'scale' ? given : [undefined, ...given]
  if (more.length > 0) throw new BadOptions(`got "${positionals.join(' ')}"; wanted: one drill`)
  return {
    drill: name,
    tasks: whole('the number of tasks', tasks, 1, 20),
    isLate: values.late === true,
    clients: whole('--clients', values.clients ?? String(DEFAULTS.clients), 1, 100),
    rate: whole('--rate', values.rate ?? String(DEFAULTS.rate), 1, 1000),
    isJson: values.json === true,
  }
}

function parse(args: readonly string[]) {
  const [text, flag] = [{ type: 'string' } as const, { type: 'boolean' } as const]
  return parseOptions({
    args: [...args],
    allowPositionals: true,
    options: { clients: text, rate: text, late: flag, json: flag, help: flag },
  })
}

function whole(name: string, value: string, min: number, max: number): number {
  const number = /^\d{1,4}$/.test(value) ? Number(value) : Number.NaN
  if (number >= min && number <= max) return number
  throw new BadOptions(`${name} is "${value}"; wanted: a whole number from ${min} to ${max}`)
}
