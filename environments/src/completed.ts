import { readEnvironments } from './discover.ts'
import type { Environment, FieldName } from './fields.ts'
import { missingToDeploy } from './missing.ts'

/** Made-up values for what only the user can give: names that RFC 2606 keeps for examples, and forms that AWS would take. */
const EXAMPLES = {
  domainName: 'cart.example.com',
  hostedZoneId: 'Z0123456789ABCDEFGHIJ',
  jwtIssuer: 'https://login.example.com',
  jwtAudience: 'carts',
  jwtJwksUrl: 'https://login.example.com/keys',
  alarmEmails: ['ops@example.com'],
  repositoryId: 'example/shop',
} as const satisfies Partial<Environment>

/** An environment with made-up values, and which fields have one. */
export interface Completed {
  readonly environment: Environment
  readonly madeUp: readonly FieldName[]
}

/**
 * What an environment would be if its user had given what it cannot be deployed without: for whoever looks at it before that.
 *
 * @param everything also what it can do without: a domain, somebody to mail, a pipeline
 */
export function completed(environment: Environment, everything = false): Completed {
  const switched: Environment = everything ? { ...environment, enableCicd: true } : environment
  const wanted: FieldName[] = missingToDeploy(switched).map(({ field }) => field)
  if (everything) wanted.push('domainName', 'alarmEmails')
  if (wanted.includes('domainName') && environment.certificateArn === undefined) wanted.push('hostedZoneId')
  const madeUp = [...new Set(wanted)].filter((field) => isOpen(environment[field]))
  return {
    // Object.fromEntries forgets that the keys are fields.
    environment: {
      ...switched,
      ...Object.fromEntries(madeUp.map((field) => [field, exampleOf(field)])),
    } as Environment,
    madeUp,
  }
}

/**
 * Every environment, completed, for commands that look at them before they are deployed.
 *
 * @param variables what may give the fields that only the user knows
 * @param tell what is made up, a line for each environment
 * @throws {BadEnvironments} as readEnvironments does
 */
export async function readCompleted(
  variables: Readonly<Record<string, string | undefined>>,
  everything: boolean,
  tell: (line: string) => void,
): Promise<readonly Environment[]> {
  const all = (await readEnvironments(variables)).map((one) => completed(one, everything))
  for (const { environment, madeUp } of all)
    if (madeUp.length > 0) tell(`${environment.name}: made up, as nobody gave it: ${madeUp.join(', ')}`)
  return all.map(({ environment }) => environment)
}

function isOpen(value: unknown): boolean {
  return value === undefined || (Array.isArray(value) && value.length === 0)
}

function exampleOf(field: FieldName): unknown {
  if (field in EXAMPLES) return EXAMPLES[field as keyof typeof EXAMPLES]
  throw new Error(`${field} has no example`)
}
