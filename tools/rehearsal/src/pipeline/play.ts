import { linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { PipelineDeclaration } from '@aws-sdk/client-codepipeline'
import { isAlive, markOf, readMark } from '@cartwright/deploy/mark'
import { Guard } from '../guard/guard.ts'
import { RehearsalProblem } from '../problem.ts'
import type { Remote } from '../rehearsal/remote.ts'
import { type Commit, findCommit } from './checkout.ts'
import { DeliveryClients } from './clients.ts'
import { History } from './history.ts'
import { type Answer, type Outcome, Player } from './player.ts'
import { prove, provenIn } from './prove.ts'
import { Workshop } from './workshop.ts'

export interface PlayOptions {
  /** A repository on this machine. */
  readonly repository: string
  /** What was pushed: a commit, a branch or a tag. @default HEAD */
  readonly revision?: string | undefined
  /** @default wait */
  readonly answer?: Answer | undefined
  /** What images are made on. @default this machine's Node and its libraries */
  readonly nodeImage?: string | undefined
  readonly tell: (line: string) => void
  /** Told each line that builds say. */
  readonly hear?: ((line: string) => void) | undefined
  readonly signal?: AbortSignal | undefined
  readonly env?: NodeJS.ProcessEnv
}

/**
 * Plays the deployed pipeline of a running rehearsal, as a push starts it, or goes on with one that waits for somebody.
 *
 * @throws {RehearsalProblem} where there is no pipeline, or it has something that is not played
 */
export async function playPipeline(remote: Remote, options: PlayOptions): Promise<Outcome> {
  const { repository, revision, answer = 'wait', nodeImage, tell, hear = () => undefined } = options
  const { env = process.env, signal = new AbortController().signal } = options
  const { aws, variables } = remote.running
  const clients = new DeliveryClients(aws, aws.keys)
  const pipeline = await declaredPipeline(clients, remote.running.environment)
  // Whatever is there goes with the rehearsal.
  const folder = path.join(variables['CDKTF_OUTDIR'] ?? '', 'pipeline')
  mkdirSync(folder, { recursive: true })
  const turn = await takeTurn(folder, tell, signal)
  const guard = await Guard.start(folder)
  try {
    const { api } = await remote.state()
    const workshop = await Workshop.open({ folder, guard, api, endpoint: aws.endpoint, nodeImage, hear, env })
    const history = new History(aws.endpoint, clients.codepipeline, pipeline.name ?? '')
    const player = new Player({ clients, pipeline, history, workshop, repository, answer, signal, tell })
    const open = await settled(history, player, tell)
    if (answer !== 'wait') {
      if (open === undefined)
        throw new RehearsalProblem('no execution waits for an approval; wanted: one that does')
      return await player.resume(open)
    }
    if (open !== undefined)
      throw new RehearsalProblem(`execution ${open} waits for an approval; wanted: --approve or --reject`)
    const sources = { repository, commit: await findCommit(repository, revision ?? 'HEAD') }
    await proveSources(clients, pipeline, sources, folder, tell)
    return await player.play(sources.commit)
  } finally {
    await guard.stop()
    turn()
  }
}

async function declaredPipeline(
  { codepipeline }: DeliveryClients,
  environment: string,
): Promise<PipelineDeclaration> {
  const { pipelines = [] } = await codepipeline.listPipelines({})
  const [found] = pipelines
  if (found?.name === undefined) {
    throw new RehearsalProblem(
      `${environment} was deployed without a pipeline; wanted: a rehearsal with one: npm run rehearse -- ${environment} --pipeline --keep`,
    )
  }
  const { pipeline } = await codepipeline.getPipeline({ name: found.name })
  if (pipeline === undefined) throw new Error(`CodePipeline lists ${found.name} and does not have it`)
  return pipeline
}

async function proveSources(
  { codebuild, ecr }: DeliveryClients,
  { stages = [] }: PipelineDeclaration,
  sources: Commit,
  folder: string,
  tell: (line: string) => void,
): Promise<void> {
  const names = stages.flatMap(({ actions = [] }) =>
    actions.flatMap(({ configuration }) => configuration?.['ProjectName'] ?? []),
  )
  const { projects = [] } = names.length === 0 ? {} : await codebuild.batchGetProjects({ names })
  for (const repositoryName of projects.flatMap((project) => provenIn(project) ?? [])) {
    if ((await prove({ ecr, repositoryName, sources, folder })) === undefined) continue
    tell(`${repositoryName} is not rehearsed: it was made, and has proven ${sources.commit.slice(0, 12)}`)
  }
}

/**
 * Executions wait for each other, as the pipeline's mode says. One that was being played when its player ended is stopped.
 *
 * @returns the one that waits for an approval
 */
async function settled(
  history: History,
  player: Player,
  tell: (line: string) => void,
): Promise<string | undefined> {
  for (const { pipelineExecutionId: id = '', status } of await history.list()) {
    if (status !== 'InProgress') continue
    const { actions } = await history.find(id)
    const open = actions.find((action) => action.status === 'InProgress')
    if (open?.input?.actionTypeId?.category === 'Approval') return id
    tell(`execution ${id.slice(0, 8)} was left in the middle: it is stopped`)
    await player.abandon(id)
  }
  return undefined
}

/** How often somebody who waits looks, in milliseconds. */
const LOOK = 500

/** @returns gives the turn back */
async function takeTurn(
  folder: string,
  tell: (line: string) => void,
  signal: AbortSignal,
): Promise<() => void> {
  const file = path.join(folder, 'player.json')
  const own = path.join(folder, `player-${process.pid}.json`)
  writeFileSync(own, JSON.stringify(markOf(process.pid)))
  try {
    for (let isTold = false; ; ) {
      signal.throwIfAborted()
      if (isLinked(own, file)) return () => rmSync(file, { force: true })
      const other = readMark(readFileSync(file, { encoding: 'utf8', flag: 'a+' }))
      if (other === undefined || !isAlive(other)) rmSync(file, { force: true })
      else {
        if (!isTold) tell(`another execution is being played (process ${other.pid}): waiting for it`)
        isTold = true
        await sleep(LOOK, undefined, { signal })
      }
    }
  } finally {
    rmSync(own, { force: true })
  }
}

function isLinked(own: string, file: string): boolean {
  try {
    linkSync(own, file)
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw error
  }
}
