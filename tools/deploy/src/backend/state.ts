import { DeployProblem } from '../problem.ts'
import type { StateBucket } from './bucket.ts'

/** What a state lists. */
export interface State {
  readonly outputs: Readonly<Record<string, unknown>>
  readonly resources: readonly StateResource[]
}

/** Something that AWS has; what was only looked up is none. */
export interface StateResource {
  /** `aws_vpc.network_vpc_4E8F0223` */
  readonly address: string
  readonly type: string
  readonly values: Readonly<Record<string, unknown>>
  /** Whether it was only half made. */
  readonly isTainted?: boolean
}

export const EMPTY_STATE: State = { outputs: {}, resources: [] }

/**
 * Reads a state without Terraform, which loads the provider for it.
 *
 * @param text the state, as Terraform wrote it
 * @throws {DeployProblem} where it is none
 */
export function readState(text: string, key: string): State {
  const { outputs = {}, resources } = parse(text, key)
  return {
    outputs: Object.fromEntries(Object.entries(outputs).map(([name, { value }]) => [name, value])),
    resources: resources
      .filter(({ mode, instances }) => mode === 'managed' && instances?.length !== 0)
      .map(({ module, type, name, instances }) => ({
        address: [...(module === undefined ? [] : [module]), type, name].join('.'),
        type,
        values: instances?.[0]?.attributes ?? {},
        ...(instances?.[0]?.status === 'tainted' ? { isTainted: true } : {}),
      })),
  }
}

/** The state as it is in the bucket; an empty one where there is none. */
export async function findState({
  bucket,
  stateKey,
}: {
  readonly bucket: StateBucket
  readonly stateKey: string
}): Promise<State> {
  const text = await bucket.read(stateKey)
  return text === undefined ? EMPTY_STATE : readState(text, stateKey)
}

/** The same in every version of the format since Terraform 0.12. */
interface StateFile {
  readonly outputs?: Readonly<Record<string, { readonly value: unknown }>>
  readonly resources: readonly {
    readonly module?: string
    readonly mode: string
    readonly type: string
    readonly name: string
    readonly instances?: readonly {
      readonly attributes?: StateResource['values']
      readonly status?: string
    }[]
  }[]
}

function parse(text: string, key: string): StateFile {
  try {
    const state = JSON.parse(text) as Partial<StateFile>
    if (Array.isArray(state.resources)) return { ...state, resources: state.resources }
  } catch {
    // Told below.
  }
  throw new DeployProblem(`${key} is no state that can be read; wanted: Terraform's state, or no such object`)
}
