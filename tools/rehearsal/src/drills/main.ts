// `npm run drill`: see options.ts for what it does.

import { runCommand } from '../command.ts'
import { RehearsalProblem } from '../problem.ts'
import { Remote } from '../rehearsal/remote.ts'
import { RehearsalFolder } from '../rehearsal/running.ts'
import { DRILL_NAMES, DRILLS, type DrillName } from './drills.ts'
import { HELP, type Options, readOptions } from './options.ts'
import { DrillRefused, type DrillReport, runDrill } from './run.ts'
import { type Skipped, shownList, shownReport, shownTable, titleOf } from './shown.ts'

type Outcome = DrillReport | Skipped

async function drill(options: Options, signal: AbortSignal): Promise<void> {
  const { drill: name, isJson } = options
  if (name === undefined) {
    console.log(
      `${shownList()}\n\nnpm run drill -- <name> plays one, npm run drill -- all plays all; --help tells the options`,
    )
    return
  }
  const running = RehearsalFolder.of(process.env).running()
  if (running === undefined)
    throw new RehearsalProblem('no rehearsal runs; wanted: one, as npm run rehearse -- staging starts it')
  const remote = new Remote(running)
  const say = isJson ? console.error : console.log
  const outcomes: Outcome[] = []
  for (const one of name === 'all' ? played() : [{ name, isLate: options.isLate }]) {
    const { about } = DRILLS[one.name]
    say(`${titleOf({ drill: one.name, isLate: one.isLate })}: ${about}`)
    const outcome = await play(remote, { ...options, ...one, signal, tell: say }, name === 'all')
    outcomes.push(outcome)
    say('why' in outcome ? `${outcome.why}\n` : `\n${shownReport(outcome)}\n`)
  }
  if (name === 'all') say(shownTable(outcomes))
  if (isJson) console.log(JSON.stringify(name === 'all' ? outcomes : outcomes[0], undefined, 2))
  process.exitCode = outcomes.every((outcome) => 'why' in outcome || outcome.held) ? 0 : 1
}

/** A Spot interruption comes in two orders. */
function played(): readonly { readonly name: DrillName; readonly isLate: boolean }[] {
  return DRILL_NAMES.flatMap((name) =>
    (name === 'spot-interruption' ? [false, true] : [false]).map((isLate) => ({ name, isLate })),
  )
}

type Played = Options & {
  readonly name: DrillName
  readonly signal: AbortSignal
  readonly tell: (line: string) => void
}

/** @param mayBeSkipped where the environment does not allow it */
async function play(remote: Remote, { name, ...options }: Played, mayBeSkipped: boolean): Promise<Outcome> {
  try {
    return await runDrill(remote, name, options)
  } catch (error) {
    if (!mayBeSkipped || !(error instanceof DrillRefused)) throw error
    return { drill: name, isLate: options.isLate, why: error.message }
  }
}

await runCommand(
  { name: 'drill', help: HELP, read: readOptions, ending: 'putting right what was changed' },
  drill,
)
