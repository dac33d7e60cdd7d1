import { publicIdsOf } from '../catalogue/index.ts'
import type { Judgement } from '../judge.ts'
import type { Finding, Severity } from '../rule.ts'
import { sourceOf } from '../source.ts'

/** SARIF knows three levels (SARIF 2.1.0 §3.27.10). */
const LEVELS: Readonly<Record<Severity, string>> = {
  critical: 'error',
  high: 'error',
  medium: 'warning',
  low: 'note',
}

/** Where exceptions stand. */
const EXCEPTIONS_FILE = 'tools/policy/src/exceptions.ts'

/** What code hosts show beside the source: SARIF 2.1.0; an accepted finding is a suppressed one (§3.35). */
export function sarif({ findings, accepted, stale, looked }: Judgement): string {
  return JSON.stringify(
    {
      $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
      version: '2.1.0',
      runs: [
        {
          tool: {
            driver: {
              name: 'cartwright-policy',
              rules: [...looked.keys()].map(({ id, wants, severity }) => ({
                id,
                shortDescription: { text: wants },
                defaultConfiguration: { level: LEVELS[severity] },
                properties: { also: publicIdsOf(id) },
              })),
            },
          },
          results: [
            ...findings.map((finding) => result(finding)),
            ...accepted.map(({ exception, ...finding }) => ({
              ...result(finding),
              suppressions: [{ kind: 'external', status: 'accepted', justification: exception.reason }],
            })),
            ...stale.map(({ rule, at }) => ({
              ruleId: rule,
              level: 'error',
              message: { text: `nothing breaks ${rule} at ${at} any more; wanted: the exception deleted` },
              locations: [
                {
                  physicalLocation: {
                    artifactLocation: { uri: EXCEPTIONS_FILE, uriBaseId: '%SRCROOT%' },
                    region: { startLine: 1 },
                  },
                },
              ],
              partialFingerprints: { resource: `stale/${rule}/${at}` },
            })),
          ],
        },
      ],
    },
    undefined,
    2,
  )
}

function result({ rule, resource, at, seen, wanted }: Finding) {
  const place = sourceOf(resource)
  return {
    ruleId: rule.id,
    level: LEVELS[rule.severity],
    message: {
      text: `${resource.type} ${resource.path} in ${resource.stack}: ${at} is ${seen}; wanted: ${wanted}`,
    },
    locations: [
      {
        ...(place === undefined
          ? {}
          : {
              physicalLocation: {
                artifactLocation: { uri: place.file, uriBaseId: '%SRCROOT%' },
                region: { startLine: place.line },
              },
            }),
        logicalLocations: [{ fullyQualifiedName: `${resource.stack}/${resource.path}`, kind: 'resource' }],
      },
    ],
    // The same finding tomorrow, whatever lines moved (§3.27.17).
    partialFingerprints: { resource: `${rule.id}/${resource.stack}/${resource.path}/${at}` },
  }
}
