import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { type Environment, readEnvironment } from '@cartwright/environments'
import { TerraformStack } from '#terraform'
import dev from '../../../environments/dev.ts'
import prod from '../../../environments/prod.ts'
import staging from '../../../environments/staging.ts'
import { createApp } from '../app.ts'
import { withoutStackTraces } from '../terraform/stack-traces.ts'

export const FILES = { dev, staging, prod } as const
export type Name = keyof typeof FILES

/** What a domain of one's own takes. */
export const DOMAIN = { domainName: 'cart.example.com', hostedZoneId: 'Z0123456789ABCDEFGHIJ' } as const

/** What a pipeline takes. */
export const DELIVERY = { enableCicd: true, repositoryId: 'acme/shop' } as const

/** A block of Terraform's JSON. */
export type Block = Readonly<Record<string, unknown>>

/** One of the repository's environments, changed in some fields. */
export function environment(name: Name, change: Partial<Environment> = {}): Environment {
  const file = `environments/${name}.ts`
  const read = readEnvironment({ name, file, fields: { ...FILES[name], ...change } }, {})
  if (read.environment === undefined) throw new Error(read.findings.join('\n'))
  return read.environment
}

/** A stack's configuration, as Terraform would read it. */
export class Synthesised {
  readonly json: Block & { readonly resource: Readonly<Record<string, Readonly<Record<string, Block>>>> }

  constructor(json: unknown) {
    // What CDKTF writes for a stack with resources.
    this.json = json as Synthesised['json']
  }

  /** All resources of a type, by the path of their construct: `network/vpc`. */
  all(type: string): ReadonlyMap<string, Block> {
    const found = Object.values(this.json.resource[type] ?? {}).map(
      (block) => [pathOf(block), block] as const,
    )
    return new Map(found)
  }

  /** The only resource of a type, or the one at the path. */
  one(type: string, at?: string): Block {
    const all = this.all(type)
    const found = at === undefined ? [...all.values()] : [all.get(at)].filter((block) => block !== undefined)
    if (found.length !== 1) {
      throw new Error(
        `there are ${found.length} ${type} at ${at ?? 'any path'}; there is ${[...all.keys()].join(', ')}`,
      )
    }
    return found[0] as Block
  }

  /** The statements of a policy, by their ids. */
  statements(policy: unknown): Readonly<Record<string, Block>> {
    const { Statement }: { Statement: readonly { Sid: string }[] } = JSON.parse(String(policy))
    return Object.fromEntries(Statement.map(({ Sid, ...statement }) => [Sid, statement]))
  }
}

const made = new Map<string, Synthesised>()

/** Synthesises the stack of an environment, once for each change: nobody changes what comes out. */
export function synthesise(name: Name, change: Partial<Environment> = {}): Synthesised {
  const key = JSON.stringify([name, change])
  const stack = made.get(key) ?? synthesiseAll([environment(name, change)], name)
  made.set(key, stack)
  return stack
}

/**
 * Synthesises the stack of an environment in an app that has all of them, once for each change.
 *
 * @param change what is changed in every environment, and in one of them besides
 */
export function synthesiseAmong(
  name: Name,
  change: Partial<Environment>,
  changes: Partial<Record<Name, Partial<Environment>>> = {},
): Synthesised {
  const key = JSON.stringify([name, change, changes])
  const environments = (['dev', 'staging', 'prod'] as const).map((one) =>
    environment(one, { ...change, ...changes[one] }),
  )
  const stack = made.get(key) ?? synthesiseAll(environments, name)
  made.set(key, stack)
  return stack
}

/** Synthesises one stack of an app with these environments. */
export function synthesiseAll(environments: readonly Environment[], stackName: string): Synthesised {
  const outdir = mkdtempSync(path.join(tmpdir(), 'synth-'))
  try {
    return withoutStackTraces(() => {
      const stack = createApp(environments, outdir).node.findChild(stackName)
      if (!TerraformStack.isStack(stack)) throw new Error(`${stackName} is no stack`)
      stack.prepareStack()
      return new Synthesised(stack.toTerraform())
    })
  } finally {
    rmSync(outdir, { recursive: true, force: true })
  }
}

/** CDKTF notes the path, with the stack's name in front. */
function pathOf(block: Block): string {
  // The annotation that every resource gets from CDKTF.
  const { metadata } = block['//'] as { metadata: { path: string } }
  return metadata.path.split('/').slice(1).join('/')
}
