import { checkAccount, findAccount } from '@cartwright/deploy/account'
import { findEnvironment } from '@cartwright/deploy/environments'
import { DeployProblem } from '@cartwright/deploy/problem'
import { findState } from '@cartwright/deploy/state'
import { StateBucket } from '@cartwright/deploy/state-bucket'
import { type Environment, type Names, namesOf, stateBucketName, stateKeyOf } from '@cartwright/environments'
import { BadReach, type Reach, reachOf } from '@cartwright/smoke'
import { Images } from '../images/images.ts'
import { ReleaseRecord } from '../release-record.ts'
import { describe, type ServicePlace } from '../rollout/service.ts'
import { type Clients, clientsIn } from './clients.ts'

/** An environment that stands at AWS, with everything that a release has to do with. */
export interface Deployed {
  readonly environment: Environment
  readonly names: Names
  readonly account: string
  /** `dev in account 123456789012, eu-west-1` */
  readonly where: string
  /** Where clients reach the API. */
  readonly url: string
  /** How that is reached from here. */
  readonly reach: Reach
  readonly clients: Clients
  readonly service: ServicePlace
  readonly images: Images
  readonly record: ReleaseRecord
}

/**
 * Finds an environment as it was deployed, without Terraform.
 *
 * @param env what may say how it is reached
 * @throws {DeployProblem} where there is none, the credentials are another account's, or it is not all there
 */
export async function findDeployed(name: string, env: NodeJS.ProcessEnv): Promise<Deployed> {
  const environment = await findEnvironment(name)
  const { region, scaling, minTasks } = environment
  const account = await findAccount(region)
  checkAccount(account, environment)
  const names = namesOf(environment)
  const clients = clientsIn(region)
  const url = await findUrl(environment, account)
  const service = await findService(clients, names, name)
  const images = new Images({ ecr: clients.ecr, repositoryName: names.repository })
  return {
    environment,
    names,
    account,
    where: `${name} in account ${account}, ${region}`,
    url,
    reach: reachIn(url, env),
    clients,
    service,
    images,
    record: new ReleaseRecord({
      clients,
      images,
      parameterName: releaseParameterOf(environment),
      service,
      minTasks: scaling ? minTasks : undefined,
    }),
  }
}

/** The parameter that tells which image is in use (infra/src/stacks/cartwright-stack.ts). */
export function releaseParameterOf(environment: Environment): string {
  return `/${namesOf(environment).base}/release`
}

async function findUrl({ name, project, region }: Environment, account: string): Promise<string> {
  const bucket = new StateBucket({ name: stateBucketName(project, account, region), account, region })
  const { outputs } = await findState({ bucket, stateKey: stateKeyOf(name) })
  if (typeof outputs['alb_url'] !== 'string') throw isNotDeployed(name, 'its state has no output alb_url')
  return outputs['alb_url']
}

function reachIn(url: string, env: NodeJS.ProcessEnv): Reach {
  try {
    return reachOf(url, env)
  } catch (error) {
    throw error instanceof BadReach ? new DeployProblem(error.message) : error
  }
}

/** Which container is released, its load balancer tells. */
async function findService({ ecs }: Clients, names: Names, name: string): Promise<ServicePlace> {
  const { cluster, service } = names
  const found = await describe(ecs, { cluster, service }).catch((error: unknown) => {
    if (error instanceof DeployProblem) throw isNotDeployed(name, error.message)
    if (error instanceof Error && error.name === 'ClusterNotFoundException')
      throw isNotDeployed(name, `there is no cluster ${cluster}`)
    throw error
  })
  const container = found.loadBalancers?.[0]?.containerName
  if (container === undefined) throw isNotDeployed(name, `${service} has no load balancer`)
  return { cluster, service, container }
}

function isNotDeployed(name: string, why: string): DeployProblem {
  return new DeployProblem(`${name} is not deployed (${why}); wanted: npm run deploy -- ${name}`)
}
