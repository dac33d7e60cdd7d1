import { mkdirSync, rmSync } from 'node:fs'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { PipelineDeclaration } from '@aws-sdk/client-codepipeline'
import { aliveIn, claimFile } from '@cartwright/deploy/claim-file'
import { markOf } from '@cartwright/deploy/mark'
import type { Layout } from '@cartwright/image'
import { Guard } from '../guard/guard.ts'
import { buildApi } from '../images/index.ts'
import { RehearsalProblem } from '../problem.ts'
import type { Remote } from '../rehearsal/remote.ts'
import { type Commit, findCommit, isCheckedOut } from './checkout.ts'
import { DeliveryClients } from './clients.ts'
import { History } from './history.ts'
import { type Answer, type Outcome, Player } from './player.ts'
import { prove, provenIn } from './prove.ts'
import { Workshop } from './workshop.ts'

const ROOT = path.resolve(import.meta.dirname, '../../../..')

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
    await workshop.clearAll(await openBuilds(clients))
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

/** Nobody plays them any more: it is this player's turn. */
async function openBuilds({ codebuild }: DeliveryClients): Promise<readonly string[]> {
  const { ids = [] } = await codebuild.listBuilds({})
  const { builds = [] } = ids.length === 0 ? {} : await codebuild.batchGetBuilds({ ids })
  return builds.flatMap(({ id, buildStatus }) =>
    id !== undefined && buildStatus === 'IN_PROGRESS' ? [id] : [],
  )
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
  const own = path.join(folder, 'proven')
  // The API is bundled of the sources that this file is of.
  const build = async (): Promise<Layout> => {
    if (!(await isCheckedOut({ repository: ROOT, commit: sources.commit })))
      throw new RehearsalProblem(
        `the image of ${sources.commit} is to have been proven before, and other sources are checked out; wanted: that commit, and nothing changed since`,
      )
    mkdirSync(own, { recursive: true })
    return await buildApi(sources.commit, own)
  }
  try {
    for (const repositoryName of projects.flatMap((project) => provenIn(project) ?? [])) {
      if ((await prove({ ecr, repositoryName, sources, build })) === undefined) continue
      tell(`${repositoryName} is not rehearsed: it was made, and has proven ${sources.commit.slice(0, 12)}`)
    }
  } finally {
    rmSync(own, { recursive: true, force: true })
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
  for (let isTold = false; ; isTold = true) {
    signal.throwIfAborted()
    const other = claimFile(file, JSON.stringify(markOf(process.pid)), aliveIn)
    if (other === undefined) return () => rmSync(file, { force: true })
    if (!isTold) tell(`another execution is being played (process ${other.pid}): waiting for it`)
    await sleep(LOOK, undefined, { signal })
  }
}
