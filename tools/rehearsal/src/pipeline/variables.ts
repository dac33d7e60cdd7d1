import { RehearsalProblem } from '../problem.ts'

/** What actions told, by their namespace. */
export type Variables = Readonly<Record<string, Readonly<Record<string, string>>>>

/**
 * A configuration with `#{namespace.name}` replaced (CodePipeline user guide, "Variables reference").
 *
 * @throws {RehearsalProblem} where nobody told it
 */
export function resolved(
  configuration: Readonly<Record<string, string>>,
  variables: Variables,
): Record<string, string> {
  return Object.fromEntries(
    Object.entries(configuration).map(([key, text]) => [
      key,
      text.replaceAll(/#\{([^.}]+)\.([^}]+)\}/g, (found, namespace: string, name: string) => {
        const value = variables[namespace]?.[name]
        if (value !== undefined) return value
        throw new RehearsalProblem(`${key} names ${found}, which no action before it told`)
      }),
    ]),
  )
}
