import { checkAccount, findAccount } from '@cartwright/deploy/account'
import { findEnvironment } from '@cartwright/deploy/environments'
import { DeployProblem } from '@cartwright/deploy/problem'
import { type Environment, namesOf } from '@cartwright/environments'
import { copyImage, ImageProblem } from '@cartwright/image'
import { clientsIn } from '../environment/clients.ts'
import { type Deployed, findDeployed, releaseParameterOf } from '../environment/deployed.ts'
import { describePipeline } from '../environment/pipeline.ts'
import { checkAlarms, look, refuseUnderWay, shownSituation } from '../environment/situation.ts'
import { Images, type Proven } from '../images/images.ts'
import { shownMark } from '../images/marks.ts'
import type { Options } from '../options.ts'
import { takeIntoUse } from '../take-into-use.ts'
import { isInUse } from './release.ts'
import { shownSteps } from './steps.ts'
import type { Talk } from './talk.ts'

type PromoteOptions = Extract<Options, { command: 'promote' }>

/** Releases the very image that is in use in another environment. */
export async function promote(options: PromoteOptions, talk: Talk): Promise<void> {
  const { tell, agree } = talk
  const from = await findEnvironment(options.from)
  checkOrder(from, await findEnvironment(options.environment))
  const deployed = await findDeployed(options.environment, talk.env)
  const source = await findSource(from, deployed, options)
  const proven = await provenIn(from, source)
  const { environment, where } = deployed
  const situation = await look(deployed)
  if (isInUse(situation, proven.tag)) {
    tell(`${where}: ${proven.tag} runs and is in use, as in ${from.name}; nothing to do`)
    return
  }
  refuseUnderWay(deployed, situation, proven.tag)
  await checkAlarms(deployed, options)

  tell(`${where}: ${shownSituation(situation)}`)
  const copying = `copies the image ${proven.tag} (${proven.digest}), which is in use in ${from.name}`
  for (const line of shownSteps(deployed, situation, shownMark(proven), [copying])) tell(line)
  const pipeline = await describePipeline(deployed)
  if (pipeline !== undefined) tell(pipeline)
  await agree(`Release ${proven.tag} to ${where}?`)

  await copy(source, deployed, proven.tag, talk)
  await talk.undoable(takeIntoUse(deployed, proven, talk))
  tell(`${environment.name}: ${proven.tag} runs and is in use, as in ${from.name}`)
}

/** @throws {DeployProblem} where the one does not take over what the other has proven */
export function checkOrder(
  from: Pick<Environment, 'name'>,
  { name, promotesFrom }: Pick<Environment, 'name' | 'promotesFrom'>,
): void {
  if (promotesFrom === from.name) return
  throw new DeployProblem(
    promotesFrom === ''
      ? `${name} takes over no images (promotesFrom in environments/${name}.ts is empty); wanted: npm run release -- ${name}`
      : `${name} takes over images of ${promotesFrom}, not of ${from.name} (promotesFrom in environments/${name}.ts); wanted: npm run promote -- ${promotesFrom} ${name}`,
  )
}

type Source = Pick<ReturnType<typeof clientsIn>, 'ecr' | 'ssm'> & {
  readonly repositoryName: string
  readonly registryId: string
}

/** @throws {DeployProblem} where the credentials are another account's */
async function findSource(
  from: Environment,
  { account, environment }: Deployed,
  { fromProfile }: PromoteOptions,
): Promise<Source> {
  if (fromProfile === undefined && from.accountId !== undefined && from.accountId !== account)
    throw new DeployProblem(
      `${from.name} is in account ${from.accountId}, and the credentials are of ${account} (${environment.name}); wanted: ` +
        `--from-profile, with an AWS profile of account ${from.accountId}`,
    )
  const registryId = fromProfile === undefined ? account : await findAccount(from.region, fromProfile)
  checkAccount(registryId, from)
  const { ecr, ssm } = clientsIn(from.region, fromProfile)
  return { ecr, ssm, repositoryName: namesOf(from).repository, registryId }
}

/**
 * The image that is in use there.
 *
 * @throws {DeployProblem} where none is
 */
async function provenIn(from: Environment, { ssm, ...where }: Source): Promise<Proven> {
  const Name = releaseParameterOf(from)
  const { Parameter } = await ssm.getParameter({ Name }).catch((error: unknown) => {
    if (error instanceof Error && error.name === 'ParameterNotFound')
      throw new DeployProblem(
        `${from.name} is not deployed (there is no parameter ${Name}); wanted: a release there`,
      )
    throw error
  })
  const tag = Parameter?.Value
  const found = (await new Images(where).proven()).find((one) => one.tag === tag)
  if (found !== undefined) return found
  throw new DeployProblem(
    `${Name} says "${tag}", and ${where.repositoryName} has no such image that was released; wanted: a release to ${from.name}`,
  )
}

async function copy(
  { ecr, repositoryName, registryId }: Source,
  { clients, images }: Deployed,
  tag: string,
  { tell }: Talk,
): Promise<void> {
  try {
    const digest = await copyImage({
      from: { ecr, registryId, repositoryName, tag },
      to: { ecr: clients.ecr, repositoryName: images.repositoryName },
      tag,
      hear: (line) => tell(`  ${line}`),
    })
    tell(`${images.repositoryName} has ${tag} as ${digest}`)
  } catch (error) {
    throw error instanceof ImageProblem ? new DeployProblem(error.message, { cause: error }) : error
  }
}
