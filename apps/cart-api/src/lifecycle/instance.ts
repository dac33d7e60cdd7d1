import { randomBytes } from 'node:crypto'
import { hostname } from 'node:os'

/** Which of the running processes this is. */
export interface Instance {
  /** Short and unique among the running ones: the ECS task id where there is one. */
  readonly id: string
  /** The ECS task's ARN. */
  readonly taskArn?: string
  /** The availability zone, such as `eu-central-1a`. */
  readonly zone?: string
  readonly startedAt: string
}

/** How long ECS may take to tell, in milliseconds; it answers from the same host. */
const METADATA_TIMEOUT = 1_000

/**
 * Asks ECS which task this is (task metadata endpoint, version 4: `ECS_CONTAINER_METADATA_URI_V4`, set by the
 * agent). Outside of ECS, or when it does not answer, host name and a random suffix serve.
 *
 * @param warn is told why the metadata could not be read; the process starts all the same.
 */
export async function readInstance(
  metadataUri: string | undefined,
  warn: (message: string) => void,
): Promise<Instance> {
  const startedAt = new Date().toISOString()
  const local = { id: `${hostname()}-${randomBytes(3).toString('hex')}`, startedAt }
  if (metadataUri === undefined || metadataUri === '') return local
  try {
    const response = await fetch(`${metadataUri}/task`, { signal: AbortSignal.timeout(METADATA_TIMEOUT) })
    if (!response.ok) throw new Error(`answered with ${response.status}`)
    const task = (await response.json()) as { TaskARN?: unknown; AvailabilityZone?: unknown }
    const { TaskARN: taskArn, AvailabilityZone: zone } = task
    return {
      ...local,
      ...(typeof taskArn === 'string' ? { taskArn, id: taskArn.split('/').at(-1) ?? local.id } : {}),
      ...(typeof zone === 'string' ? { zone } : {}),
    }
  } catch (error) {
    warn(`the task metadata cannot be read: ${error instanceof Error ? error.message : String(error)}`)
    return local
  }
}
