import { rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { freeLock } from '../backend/lock.ts'
import type { Tell } from '../tell.ts'
import type { Terraform } from '../terraform/terraform.ts'
import { lifecycleRules } from './lifecycle.ts'
import type { Place } from './place.ts'

export interface MakeOptions {
  readonly terraform: Terraform
  readonly unlock: string | undefined
  readonly tell: Tell
  /** Ends with a throw where the user does not want it. */
  readonly agree: (question: string) => Promise<void>
}

/**
 * Makes a state backend, or what is missing of it. The bucket comes first, by the API, so that the stack's state is in it
 * from the start:
 *
 *     bucket ── its lifecycle ── init ── plan (imports what is there) ── apply
 *
 * Whatever a killed run leaves, the next one finds: bucket and table by their names, the lock by the file that says which
 * Terraform ran. The other resources are settings of the bucket, which are only ever put.
 *
 * @returns whether anything was changed
 */
export async function makeStateBackend(place: Place, options: MakeOptions): Promise<boolean> {
  const { account, region, stack, bucket } = place
  const { terraform, unlock, tell, agree } = options
  const interrupted = await terraform.running.settled(tell)
  let isChanged = false
  if (await bucket.exists()) {
    if (await bucket.protect()) {
      tell(`protected the bucket ${bucket.name}`)
      isChanged = true
    }
  } else {
    await agree(`Make the state backend of account ${account} in ${region}?`)
    await bucket.make()
    tell(`made the bucket ${bucket.name}`)
    isChanged = true
  }
  await freeLock({ bucket, stateKey: stack.stateKey }, { interrupted, unlock, tell })
  terraform.running.remove()
  await expire(place)

  const takeover = path.join(stack.folder, 'takeover.tf.json')
  try {
    const imports = await findImports(place)
    if (imports.length > 0) writeFileSync(takeover, JSON.stringify({ import: imports }))
    else rmSync(takeover, { force: true })
    tell('terraform init')
    await terraform.init(bucket.name)
    await terraform.bringStateHome(bucket.name)
    tell('terraform plan')
    const changes = await terraform.plan()
    if (changes === undefined) return isChanged
    if (!isChanged) await agree(`Change the state backend of account ${account} in ${region} (${changes})?`)
    tell(`terraform apply: ${changes}`)
    await terraform.apply()
    return true
  } finally {
    rmSync(takeover, { force: true })
    terraform.tidy()
  }
}

interface Import {
  readonly to: string
  readonly id: string
}

/** When the provider makes a lifecycle, it waits for a minute; what is there it imports at once. */
async function expire({ stack, bucket }: Place): Promise<void> {
  const rules = lifecycleRules(stack)
  if (rules !== undefined && !(await bucket.hasLifecycle())) await bucket.expire(rules)
}

/** What the state may have missed: importing what it has already changes nothing, and what is not there cannot be imported. */
async function findImports({ stack, bucket, table }: Place): Promise<readonly Import[]> {
  const addressOf = (type: string) => stack.resources.find((resource) => resource.type === type)?.address
  const locks = addressOf('aws_dynamodb_table')
  const lifecycle = addressOf('aws_s3_bucket_lifecycle_configuration')
  return [
    ...(locks !== undefined && (await table.exists()) ? [{ to: locks, id: table.name }] : []),
    ...(lifecycle !== undefined && (await bucket.hasLifecycle()) ? [{ to: lifecycle, id: bucket.name }] : []),
  ]
}
