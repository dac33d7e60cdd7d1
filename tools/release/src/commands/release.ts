import { DeployProblem } from '@cartwright/deploy/problem'
import { type Deployed, findDeployed } from '../environment/deployed.ts'
import { describePipeline } from '../environment/pipeline.ts'
import {
  checkAlarms,
  look,
  refuseUnderWay,
  type Situation,
  shownSituation,
} from '../environment/situation.ts'
import { buildAndPush } from '../images/build.ts'
import { type Mark, shownMark } from '../images/marks.ts'
import { findObjection } from '../images/scan.ts'
import type { Options } from '../options.ts'
import { familyOf, releaseOf } from '../rollout/revisions.ts'
import { readSources, type Sources, treeOf } from '../sources.ts'
import { takeIntoUse } from '../take-into-use.ts'
import { shownSteps } from './steps.ts'
import type { Talk } from './talk.ts'

type ReleaseOptions = Extract<Options, { command: 'release' }>

/** Between two looks at a scan, in milliseconds. */
const SCAN_INTERVAL = 2_000

/** Releases the commit that is checked out, or an image that is there. */
export async function release(options: ReleaseOptions, talk: Talk): Promise<void> {
  const { tell, agree } = talk
  // Cheap, and most often what is wrong.
  const sources = options.tag === undefined ? await readSources(talk.env) : undefined
  const deployed = await findDeployed(options.environment, talk.env)
  const { images, where, environment } = deployed
  const mark = await markOf(deployed, options, sources, talk)
  const isThere = (await images.digestOf(mark.tag)) !== undefined
  const situation = await look(deployed)
  if (isInUse(situation, mark.tag)) {
    tell(`${where}: ${mark.tag} runs and is in use; nothing to do`)
    return
  }
  refuseUnderWay(deployed, situation, mark.tag)
  await checkAlarms(deployed, options)

  tell(`${where}: ${shownSituation(situation)}`)
  const before = isThere
    ? [`takes the image ${mark.tag}, which is there`]
    : [`builds the image ${mark.tag} and pushes it`]
  for (const line of shownSteps(deployed, situation, shownMark(mark), [...before, 'waits for its scan']))
    tell(line)
  const pipeline = await describePipeline(deployed)
  if (pipeline !== undefined) tell(pipeline)
  await agree(`Release ${mark.tag} to ${where}?`)

  if (!isThere) await build(deployed, mark, options, talk)
  await judgeScan(deployed, mark.tag, options, talk)
  await talk.undoable(takeIntoUse(deployed, mark, talk))
  tell(`${environment.name}: ${mark.tag} runs and is in use`)
}

export function isInUse({ inUse, runs, isUnderWay }: Situation, tag: string): boolean {
  return inUse === tag && releaseOf(runs) === tag && !isUnderWay
}

/** @throws {DeployProblem} where the image is not there, or nobody knows of what sources it is */
async function markOf(
  { images, environment: { name } }: Deployed,
  { tag }: ReleaseOptions,
  sources: Sources | undefined,
  { env }: Talk,
): Promise<Mark> {
  if (sources !== undefined) return { tag: sources.commit, tree: sources.tree }
  if (tag === undefined) throw new Error('neither sources nor a tag')
  if ((await images.digestOf(tag)) === undefined)
    throw new DeployProblem(
      `${images.repositoryName} has no image ${tag}; wanted: one that is there, or npm run release -- ${name} of that commit`,
    )
  const proven = (await images.proven()).find((one) => one.tag === tag)
  const tree = proven?.tree ?? (await treeOf(tag, env))
  if (tree !== undefined) return { tag, tree }
  throw new DeployProblem(
    `${tag} is no commit of this clone's history, by which the image is marked; wanted: git fetch, then the same command`,
  )
}

async function build(
  deployed: Deployed,
  mark: Mark,
  options: ReleaseOptions,
  { tell, env }: Talk,
): Promise<void> {
  const { clients, images, service } = deployed
  const { taskDefinition } = await clients.ecs.describeTaskDefinition({
    taskDefinition: familyOf((await look(deployed)).runs.arn),
  })
  await buildAndPush({
    ...options,
    ecr: clients.ecr,
    repositoryName: images.repositoryName,
    tag: mark.tag,
    // What ECS takes where nothing is said.
    architecture: taskDefinition?.runtimePlatform?.cpuArchitecture ?? 'X86_64',
    // An image is of a commit, or it is none: somebody may have edited meanwhile.
    check: async () => {
      if ((await readSources(env)).commit !== mark.tag)
        throw new DeployProblem(
          `another commit than ${mark.tag} was checked out while it was built; wanted: that one`,
        )
    },
    tell,
  })
  tell(`${service.service}: ${mark.tag} is in the registry`)
}

async function judgeScan(
  { clients: { ecr }, images: { repositoryName } }: Deployed,
  tag: string,
  { despiteFindings }: ReleaseOptions,
  { tell, signal }: Talk,
): Promise<void> {
  const objection = await findObjection({ ecr, repositoryName, tag, interval: SCAN_INTERVAL, signal })
  if (objection === undefined) tell('the scan found nothing critical or high')
  else if (despiteFindings) tell(`${objection}: released all the same`)
  else throw new DeployProblem(`${objection}, or --despite-findings`)
}
