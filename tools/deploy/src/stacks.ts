import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { DeployProblem } from './problem.ts'

const ROOT = path.resolve(import.meta.dirname, '../../..')

/** A stack as it was synthesised: a folder that Terraform runs in. */
export interface SynthesisedStack {
  readonly name: string
  readonly folder: string
  readonly region: string
  /** The object that holds its state. */
  readonly stateKey: string
  /** The oldest Terraform that it takes, as `1.11.0`. */
  readonly terraform: string
  readonly resources: readonly SynthesisedResource[]
}

export interface SynthesisedResource {
  /** `aws_vpc.network_vpc_4E8F0223` */
  readonly address: string
  readonly type: string
  /** What Terraform is told about it; attributes may be expressions. */
  readonly block: Readonly<Record<string, unknown>>
}

interface Configuration {
  readonly provider: { readonly aws: readonly { readonly region: string }[] }
  readonly resource?: Readonly<Record<string, Readonly<Record<string, SynthesisedResource['block']>>>>
  readonly terraform: {
    readonly required_version: string
    readonly backend: { readonly s3: { readonly key: string } }
  }
}

/**
 * Synthesises all stacks, to CDKTF_OUTDIR or `cdktf.out`.
 *
 * @throws {DeployProblem} with the findings, where an environment's file cannot be used
 */
export function synthesise(): readonly SynthesisedStack[] {
  const outdir = path.resolve(ROOT, process.env['CDKTF_OUTDIR'] || 'cdktf.out')
  const { status, stderr } = spawnSync(process.execPath, [path.join(ROOT, 'infra/src/synth.mjs')], {
    cwd: ROOT,
    encoding: 'utf8',
    env: { ...process.env, CDKTF_OUTDIR: outdir },
  })
  if (status === null) throw new DeployProblem('interrupted; nothing was changed')
  if (status !== 0) throw new DeployProblem(stderr.trim())
  // A folder may be left of a stack that there is no more: the manifest has those that there are.
  const { stacks } = readJson<{ stacks: Record<string, { workingDirectory: string }> }>(
    path.join(outdir, 'manifest.json'),
  )
  return Object.entries(stacks).map(([name, { workingDirectory }]) =>
    stackIn(name, path.join(outdir, workingDirectory)),
  )
}

function stackIn(name: string, folder: string): SynthesisedStack {
  const { provider, resource, terraform } = readJson<Configuration>(path.join(folder, 'cdk.tf.json'))
  return {
    name,
    folder,
    region: provider.aws[0]?.region ?? '',
    stateKey: terraform.backend.s3.key,
    terraform: terraform.required_version.replace('>= ', ''),
    resources: Object.entries(resource ?? {}).flatMap(([type, blocks]) =>
      Object.entries(blocks).map(([id, block]) => ({ address: `${type}.${id}`, type, block })),
    ),
  }
}

function readJson<Content>(file: string): Content {
  // What our own synthesis wrote.
  return JSON.parse(readFileSync(file, 'utf8')) as Content
}
