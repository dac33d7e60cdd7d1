import { type Environment, FIELDS, type FieldName } from './fields.ts'
import { variableName } from './variables.ts'

/** A field that an environment is not deployed without, and nobody has given yet. */
export interface Missing {
  readonly field: FieldName
  /** One line: what is missing, what is wanted, and where to write it. */
  readonly message: string
}

/** What only the user can give and this environment cannot be deployed without. Synthesis does without. */
export function missingToDeploy(environment: Environment): readonly Missing[] {
  const needed: FieldName[] = []
  if (environment.domainRequired) needed.push('domainName')
  if (environment.identity === 'jwt') needed.push('jwtIssuer', 'jwtAudience', 'jwtJwksUrl')
  if (environment.enableCicd) needed.push('repositoryId')
  return needed
    .filter((field) => environment[field] === undefined)
    .map((field) => {
      const { name } = environment
      const message = `${field} of ${name} is missing; wanted: ${FIELDS[field].wanted}, in environments/${name}.ts or ${variableName(name, field)}`
      return { field, message }
    })
}
