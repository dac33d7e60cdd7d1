import { existsSync, readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'

/** A block of Terraform's JSON. */
export type Block = Readonly<Record<string, unknown>>

/** A resource as it stands in a stack's Terraform configuration. */
export interface Resource {
  /** The name of its stack. */
  readonly stack: string
  readonly type: string
  /** Its name within its type. */
  readonly id: string
  /** What Terraform calls it: `aws_vpc.network_vpc_4E8F0223`. */
  readonly address: string
  /** Where its construct is in the stack: `network/vpc`; the address where CDKTF says nothing of it. */
  readonly path: string
  readonly block: Block
  /** The source lines that made it, the nearest first, where the stack was synthesised with stack traces. */
  readonly trace: readonly string[]
}

/** What cannot be read as stacks; the message says what was seen and what is wanted. */
export class BadStacks extends Error {}

const CONFIGURATION = 'cdk.tf.json'

/** The Terraform configuration of one stack, as CDKTF writes it: the resources, and who refers to whom. */
export class StackJson {
  readonly name: string
  readonly json: Block
  readonly resources: readonly Resource[]
  readonly #byAddress: ReadonlyMap<string, Resource>

  /** @throws {BadStacks} when it is no configuration of Terraform */
  constructor(name: string, json: unknown) {
    if (!isBlock(json) || (json['resource'] !== undefined && !isBlock(json['resource'])))
      throw new BadStacks(`${name} is no Terraform configuration; wanted: an object with "resource"`)
    this.name = name
    this.json = json
    this.resources = resourcesIn(name, json['resource'] ?? {})
    this.#byAddress = new Map(this.resources.map((resource) => [resource.address, resource]))
  }

  all(...types: readonly string[]): readonly Resource[] {
    return this.resources.filter(({ type }) => types.includes(type))
  }

  at(address: string): Resource | undefined {
    return this.#byAddress.get(address)
  }

  /** The resources that a value refers to, wherever in it, each once. */
  referredBy(value: unknown): readonly Resource[] {
    const found = new Set<Resource>()
    for (const text of textsIn(value)) {
      for (const [address] of text.matchAll(ADDRESS)) {
        const resource = this.at(address)
        if (resource !== undefined) found.add(resource)
      }
    }
    return [...found]
  }

  /** The resources of a type whose attribute refers to a resource. */
  referring(to: Resource, type: string, attribute: string): readonly Resource[] {
    return this.all(type).filter(({ block }) => this.referredBy(valuesAt(block, attribute)).includes(to))
  }
}

/** A resource's address, as it stands in an expression; not that of a data source, which may have the same type and name. */
const ADDRESS = /(?<!\b(?:data|ephemeral)\.)\b(?:aws|terraform)_[a-z0-9_]+\.[A-Za-z_][\w-]*/g

/**
 * All values at a path of attributes, such as `rule.apply_server_side_encryption_by_default.sse_algorithm`: a block that may
 * stand more than once is a list or not, as CDKTF likes.
 */
export function valuesAt(block: unknown, attribute: string): readonly unknown[] {
  let values: unknown[] = [block]
  for (const name of attribute.split('.')) {
    values = values
      .flatMap((value) => (Array.isArray(value) ? value : [value]))
      .flatMap((value) => (isBlock(value) && value[name] !== undefined ? [value[name]] : []))
  }
  return values.flatMap((value) => (Array.isArray(value) ? value : [value])).filter((value) => value !== null)
}

/** Every text in a value, keys of objects excepted. */
export function textsIn(value: unknown): readonly string[] {
  if (typeof value === 'string') return [value]
  if (Array.isArray(value)) return value.flatMap(textsIn)
  if (isBlock(value))
    return Object.entries(value).flatMap(([key, inner]) => (key === '//' ? [] : textsIn(inner)))
  return []
}

export function isBlock(value: unknown): value is Block {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/**
 * The stacks that CDKTF wrote into a folder: the folder itself, or `stacks` in it, or a single stack's.
 *
 * @throws {BadStacks} when there are none, or when one cannot be read
 */
export function readStacks(folder: string): readonly StackJson[] {
  const files = filesIn(folder)
  if (files.length === 0) {
    throw new BadStacks(
      `there is no ${CONFIGURATION} in ${folder}; wanted: a folder that cdktf synth wrote, such as cdktf.out`,
    )
  }
  return files.map((file) => new StackJson(path.basename(path.dirname(file)), parsed(file)))
}

function filesIn(folder: string): readonly string[] {
  const own = path.join(folder, CONFIGURATION)
  if (existsSync(own)) return [path.resolve(own)]
  const above = [path.join(folder, 'stacks'), folder].find((one) => existsSync(one))
  if (above === undefined) return []
  return readdirSync(above, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => path.resolve(above, entry.name, CONFIGURATION))
    .filter((file) => existsSync(file))
    .toSorted()
}

function parsed(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'))
  } catch (error) {
    throw new BadStacks(`${file} cannot be read (${(error as Error).message}); wanted: Terraform's JSON`, {
      cause: error,
    })
  }
}

function resourcesIn(stack: string, blocks: Block): Resource[] {
  return Object.entries(blocks).flatMap(([type, named]) =>
    isBlock(named)
      ? Object.entries(named).flatMap(([id, block]) =>
          isBlock(block)
            ? [{ stack, type, id, address: `${type}.${id}`, ...made(stack, block, `${type}.${id}`) }]
            : [],
        )
      : [],
  )
}

/** What CDKTF says of where a block comes from. Read once for each resource of each synthesis, hence not by {@link valuesAt}. */
function made(stack: string, block: Block, address: string): Pick<Resource, 'path' | 'block' | 'trace'> {
  const comment = block['//']
  const { metadata } = isBlock(comment) ? comment : {}
  const { path: at = address, stackTrace = [] } = isBlock(metadata) ? metadata : {}
  const construct = String(at)
  return {
    path: construct.startsWith(`${stack}/`) ? construct.slice(stack.length + 1) : construct,
    block,
    trace: Array.isArray(stackTrace) ? stackTrace.map(String) : [],
  }
}
