import { type Environment, missingToDeploy, type Names, namesOf } from '@cartwright/environments'
import { Aspects, type Construct, DataResource, ref, TerraformLocal, TerraformOutput } from '#terraform'
import { AddressTag } from '../base/address-tag.ts'
import { type ForeignRole, Key } from '../base/key.ts'
import { Place } from '../base/place.ts'
import { Cache } from '../cache/cache.ts'
import { fixedCostOutput, UNKNOWN } from '../cost/fixed.ts'
import { Delivery } from '../delivery/delivery.ts'
import { projectName } from '../delivery/project.ts'
import { Events } from '../events/events.ts'
import { LoadBalancer } from '../load-balancer/load-balancer.ts'
import { Network } from '../network/network.ts'
import { Observability } from '../observability/observability.ts'
import { RollbackAlarms } from '../observability/rollback-alarms.ts'
import { Registry } from '../registry/registry.ts'
import { Service, TASK_PORT } from '../service/service.ts'
import { Table } from '../table/table.ts'
import { keepState } from './backend.ts'
import { OUTPUTS, type OutputName } from './outputs.ts'
import { useAws } from './provider.ts'
import { Stack } from './stack.ts'

/** What other environments have to do with, and what delivery takes. */
interface Parts {
  readonly place: Place
  readonly key: Key
  readonly registry: Registry
  readonly loadBalancer: LoadBalancer
  readonly service: Service
  readonly events: Events
  readonly observability: Observability
}

/** An environment: everything that it holds, wired. What differs between environments is in their files alone. */
export class CartwrightStack extends Stack {
  readonly environment: Environment
  readonly #names: Names
  readonly #parts: Parts

  constructor(scope: Construct, id: string, environment: Environment) {
    super(scope, id)
    this.environment = environment
    this.#names = namesOf(environment)
    useAws(this, { ...environment, environment: environment.name })
    keepState(this, environment)
    this.#refuseUntilComplete()
    this.#parts = this.#build()
    Aspects.of(this).add(new AddressTag())
  }

  /** What has to do with other environments, which are all there by now. */
  override prepareStack(): void {
    const { registry } = this.#parts
    registry.allowReaders(this.#promoters())
    if (this.environment.enableCicd) this.#deliver()
  }

  /** What it costs is told by what it holds, once that is resolved: to resolve it twice would be felt. */
  override toTerraform(): ReturnType<Stack['toTerraform']> {
    const json = super.toTerraform()
    const cost: OutputName = 'estimated_monthly_cost'
    json.output[cost].value = fixedCostOutput(this.node.id, json)
    return json
  }

  #build(): Parts {
    const { environment } = this
    const names = this.#names
    const place = new Place(this, 'place', environment)
    const key = new Key(this, 'key', { ...environment, name: names.base, place })
    const shared = { ...environment, names, place, key }
    const network = new Network(this, 'network', {
      ...shared,
      name: names.base,
      flowLogsRoleName: names.flowLogsRole,
    })
    const table = new Table(this, 'table', { ...shared, name: names.table })
    const cache = new Cache(this, 'cache', { ...shared, name: names.replicationGroup, network })
    const events = new Events(this, 'events', shared)
    const registry = new Registry(this, 'registry', {
      ...shared,
      name: names.repository,
      releaseName: `/${names.base}/release`,
    })
    const loadBalancer = new LoadBalancer(this, 'load-balancer', { ...shared, network, taskPort: TASK_PORT })
    const rollback = environment.rollbackAlarms
      ? new RollbackAlarms(this, 'rollback', { name: names.base, loadBalancer })
      : undefined
    const service = new Service(this, 'service', {
      ...shared,
      environment,
      network,
      table,
      cache,
      events,
      registry,
      loadBalancer,
      ...(rollback === undefined ? {} : { rollback }),
    })
    const observability = new Observability(this, 'observability', {
      ...shared,
      environmentName: environment.name,
      table,
      cache,
      events,
      loadBalancer,
      service,
    })
    this.#tell({
      alb_url: loadBalancer.url,
      alb_dns_name: loadBalancer.dnsName,
      ecr_repository_url: registry.url,
      dynamodb_table_name: table.name,
      redis_endpoint: cache.primaryEndpoint,
      redis_secret_arn: cache.secretArn,
      event_bus_name: events.busName,
      queue_url: events.ordersQueue.url,
      cluster_name: service.clusterName,
      service_name: service.serviceName,
      dashboard_urls: observability.dashboardUrls,
      // Until there is a configuration to price.
      estimated_monthly_cost: UNKNOWN,
    })
    return { place, key, registry, loadBalancer, service, events, observability }
  }

  #deliver(): void {
    const { environment } = this
    const { observability, ...parts } = this.#parts
    const delivery = new Delivery(this, 'delivery', {
      ...parts,
      environment,
      names: this.#names,
      source: this.#source(),
      topic: observability.topic,
    })
    this.#tell({
      codestar_connection_arn: delivery.connectionArn,
      codestar_connection_status: delivery.connectionStatus,
      pipeline_url: delivery.pipelineUrl,
    })
  }

  /** The environment whose images are taken over. */
  #source(): Environment | undefined {
    const { name, promotesFrom } = this.environment
    if (promotesFrom === '') return undefined
    const source = this.#others().find((other) => other.name === promotesFrom)
    if (source !== undefined) return source
    throw new Error(
      `environments/${name}.ts: promotesFrom is "${promotesFrom}"; wanted: an environment of this app`,
    )
  }

  /** Who takes over images from here and lives in another account: the account's own need nobody's permission. */
  #promoters(): ForeignRole[] {
    const { name, accountId } = this.environment
    return this.#others().flatMap((other) => {
      const account = other.accountId
      if (other.promotesFrom !== name || !other.enableCicd || account === undefined || account === accountId)
        return []
      return [{ account, roleName: projectName(namesOf(other).base, 'promote') }]
    })
  }

  #others(): Environment[] {
    const stacks = this.node.scope?.node.children ?? []
    return stacks.flatMap((stack) =>
      stack instanceof CartwrightStack && stack !== this ? [stack.environment] : [],
    )
  }

  /** What only the user can give, and nobody has given: a plan ends here, with all of it, before anything is made. */
  #refuseUntilComplete(): void {
    const missing = missingToDeploy(this.environment)
    if (missing.length === 0) return
    // Terraform takes no condition that refers to nothing.
    new TerraformLocal(this, 'given', Object.fromEntries(missing.map(({ field }) => [field, false])))
    const precondition = missing.map(({ field, message }) => ({
      condition: ref(`local.given.${field}`),
      errorMessage: `${message}.`,
    }))
    new DataResource(this, 'complete', { lifecycle: { precondition } })
  }

  /** Outputs have the names that people and scripts know them by, whatever the construct. */
  #tell(outputs: Readonly<Partial<Record<OutputName, string | readonly string[]>>>): void {
    // Object.entries forgets that the keys are names of outputs.
    for (const [name, output] of Object.entries(outputs) as [OutputName, string | readonly string[]][]) {
      // CDKTF calls a function that Node warns of when it is given a list: a list's expression is none to it.
      const value = typeof output === 'string' ? output : `\${${JSON.stringify(output)}}`
      new TerraformOutput(this, name, { value, description: OUTPUTS[name].about })
    }
  }
}
