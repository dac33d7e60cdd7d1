// `npm run rehearse`: see options.ts for what it does.

import { setTimeout as sleep } from 'node:timers/promises'
import { BadOptions } from '@cartwright/deploy/program'
import { LocalAwsProblem, shellLines } from '@cartwright/local-aws'
import { runInBackground } from './background.ts'
import { HELP, type Options, readOptions } from './options.ts'
import { RehearsalProblem } from './problem.ts'
import { shownPage } from './rehearsal/page.ts'
import { Rehearsal } from './rehearsal/rehearsal.ts'
import { Remote } from './rehearsal/remote.ts'
import { RehearsalFolder } from './rehearsal/running.ts'

/** How long a rehearsal may take to end, in milliseconds; then it is killed, and its guard clears away. */
const PATIENCE = 60_000

/** What a shell calls an end by that signal. */
const CODES = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const

async function carryOut(options: Options, args: readonly string[]): Promise<void> {
  const folder = RehearsalFolder.of(process.env)
  switch (options.command) {
    case 'rehearse':
      // The one in the background has a channel to its starter.
      if (options.next === 'keep' && process.send === undefined) return runInBackground(folder, args)
      return rehearse(options, folder)
    case 'status':
      return console.log(shownPage(await remoteOf(folder).state()))
    case 'env':
      for (const line of shellLines(remoteOf(folder).running.variables)) console.log(line)
      return
    case 'down':
      return console.log((await end(folder)) ? 'ended' : 'none runs')
  }
}

async function rehearse(
  { environment, next, port, hasPipeline, isEmpty }: Extract<Options, { command: 'rehearse' }>,
  folder: RehearsalFolder,
): Promise<void> {
  const wanted = Promise.withResolvers<void>()
  const rehearsal = new Rehearsal({
    environment,
    folder,
    hasPipeline,
    isEmpty,
    isDestroyedAfter: next === 'leave',
    tell: (line) => console.log(line),
    // Nobody may take it for a success of what was to come.
    onEndWanted: () => void leave(next === 'leave' ? CODES.SIGTERM : 0),
    ...(port === undefined ? {} : { port }),
  })
  let leaving = false
  const leave = async (code: number): Promise<void> => {
    // Whoever insists goes at once: the guard clears away.
    if (leaving) process.exit(code)
    leaving = true
    console.log('ending: everything that was started goes')
    process.exitCode = code
    await rehearsal.stop()
    wanted.resolve()
  }
  for (const [signal, code] of Object.entries(CODES)) process.on(signal, () => void leave(code))
  // Its starter has gone before it was ready.
  process.once('disconnect', () => {
    if (!isReady && !isOver) void leave(CODES.SIGHUP)
  })
  let [isReady, isOver] = [false, false]
  try {
    await rehearsal.deploy()
    await rehearsal.serve()
    if (next === 'leave') await rehearsal.destroy()
    else {
      console.log(`\n${shownPage(await rehearsal.state())}\n`)
      isReady = true
      process.send?.('ready')
      await wanted.promise
    }
  } catch (error) {
    // What breaks while it ends is no news.
    if (!leaving) throw error
    await wanted.promise
  } finally {
    isOver = true
    if (!leaving) await rehearsal.stop()
  }
}

/** @throws {RehearsalProblem} where none runs */
function remoteOf(folder: RehearsalFolder): Remote {
  const running = folder.running()
  if (running !== undefined) return new Remote(running)
  throw new RehearsalProblem(
    folder.claimed() === undefined
      ? 'none runs; start one: npm run rehearse -- dev --keep'
      : 'it has only begun; wanted: a rehearsal that runs',
  )
}

/** @returns whether there was one */
async function end(folder: RehearsalFolder): Promise<boolean> {
  const claim = folder.claimed()
  if (claim === undefined) {
    // What a crash of the whole machine has left.
    folder.tidy()
    return false
  }
  const { pid } = claim.mark
  const running = folder.running()
  const asked =
    running === undefined ? Promise.reject(new Error('it has no API yet')) : new Remote(running).end()
  await asked.catch(() => send(pid, 'SIGTERM'))
  // One that was stopped hears nothing before.
  send(pid, 'SIGCONT')
  const patience = Date.now() + PATIENCE
  while (folder.isThere(claim)) {
    if (Date.now() > patience) send(pid, 'SIGKILL')
    await sleep(100)
  }
  folder.forget(claim)
  return true
}

function send(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal)
  } catch {
    // It has just ended.
  }
}

const args = process.argv.slice(2)
// Whoever reads what is said may go (`| head`); the rehearsal goes on.
process.stdout.on('error', () => undefined)
try {
  const options = readOptions(args)
  if (options === 'help') console.log(HELP)
  else await carryOut(options, args)
} catch (error) {
  if (error instanceof BadOptions) console.error(`${error.message}\n\n${HELP}`)
  else if (error instanceof RehearsalProblem || error instanceof LocalAwsProblem)
    console.error(`rehearse: ${error.message}`)
  else if (error instanceof Error && 'syscall' in error) console.error(`rehearse: ${error.message}`)
  else throw error
  process.exitCode = 1
}
// The channel to a starter would keep it from ending.
if (process.connected) process.disconnect()
