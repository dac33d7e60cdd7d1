import { execFile } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import path from 'node:path'
import { findTerraform } from '@cartwright/local-aws'

/** A plan as JSON has megabytes. */
const MOST = 256 * 1024 * 1024

export type Values = Readonly<Record<string, unknown>>

/** Of `terraform show -json`, what is read here (JSON Output Format 1.2). */
interface PlanJson {
  readonly planned_values: { readonly root_module: { readonly resources: readonly Planned[] } }
  readonly configuration: {
    readonly provider_config: { readonly aws: Written }
    readonly root_module: { readonly resources: readonly ({ readonly type: string } & Written)[] }
  }
}

interface Planned {
  readonly mode: string
  readonly type: string
  readonly name: string
  /** Without what only the apply will tell. */
  readonly values: Values
}

interface Written {
  readonly expressions: Readonly<Record<string, { readonly constant_value?: unknown }>>
}

/** What Terraform would make of a stack. */
export class Plan {
  readonly #json: PlanJson

  /**
   * Plans a stack in its folder, from an empty state.
   *
   * @param env points Terraform at an AWS
   * @throws {Error} with what Terraform says
   */
  static async of(stack: string, env: NodeJS.ProcessEnv): Promise<Plan> {
    const local = { terraform: { backend: { local: {} } } }
    writeFileSync(path.join(stack, 'backend_override.tf.json'), JSON.stringify(local))
    const run = (...args: readonly string[]): Promise<string> => terraform(stack, env, args)
    await run('init', '-input=false', '-no-color')
    await run('plan', '-input=false', '-no-color', '-out=plan.out')
    // Terraform's own format.
    return new Plan(JSON.parse(await run('show', '-json', 'plan.out')) as PlanJson)
  }

  constructor(json: PlanJson) {
    this.#json = json
  }

  /** All resources of a type, by their names in the state. */
  all(type: string): ReadonlyMap<string, Values> {
    const { resources } = this.#json.planned_values.root_module
    return new Map(
      resources
        .filter((resource) => resource.mode === 'managed' && resource.type === type)
        .map(({ name, values }) => [name, values]),
    )
  }

  /** The only resource of a type. */
  one(type: string): Values {
    const [found, ...more] = this.all(type).values()
    if (found === undefined || more.length > 0) throw new Error(`there is not one ${type} alone`)
    return found
  }

  count(type: string): number {
    return this.all(type).size
  }

  /** All values that resources of a type have for an attribute. */
  distinct(type: string, attribute: string): readonly unknown[] {
    return [...new Set([...this.all(type).values()].map((values) => values[attribute]))].toSorted()
  }

  /** An argument of the only resource of a type, as the configuration has it: with references to what is not known yet. */
  written(type: string, argument: string): unknown {
    const { resources } = this.#json.configuration.root_module
    return resources.find((resource) => resource.type === type)?.expressions[argument]?.constant_value
  }

  /** An argument of all resources of a type, as `written` has it. */
  writtenInAll(type: string, argument: string): readonly unknown[] {
    const { resources } = this.#json.configuration.root_module
    return resources
      .filter((resource) => resource.type === type)
      .map(({ expressions }) => expressions[argument]?.constant_value)
  }

  /** An argument of the AWS provider. */
  provider(argument: string): unknown {
    return this.#json.configuration.provider_config.aws.expressions[argument]?.constant_value
  }
}

/** A block that may be there once: the provider has a list of it. */
export function block(values: Values, name: string): Values | undefined {
  // The provider's shape of a block.
  return (values[name] as readonly Values[])[0]
}

function terraform(cwd: string, env: NodeJS.ProcessEnv, args: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const options = { cwd, maxBuffer: MOST, env: { ...process.env, ...env } }
    execFile(findTerraform(), args, options, (error, stdout, stderr) => {
      if (error === null) resolve(stdout)
      // Its frame breaks lines in the middle of sentences.
      else reject(new Error(stderr.replaceAll(/\n│ */g, ' '), { cause: error }))
    })
  })
}
