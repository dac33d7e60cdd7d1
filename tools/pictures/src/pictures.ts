import path from 'node:path'
import { completed, readEnvironments } from '@cartwright/environments'
import type { StackJson } from '@cartwright/infra/stack-json'
import { delivery } from './delivery.ts'
import { eventPath } from './event-path.ts'
import { network } from './network.ts'
import { requestPath } from './request-path.ts'

/** Where the pictures are. */
export const FOLDER = path.resolve(import.meta.dirname, '../../../docs/images')

/** Whose stack the pictures show: the one that has everything. */
const SHOWN = 'prod'

/** The pictures of a stack, by the name of their file. */
export const PICTURES = {
  'network.svg': network,
  'request-path.svg': requestPath,
  'event-path.svg': eventPath,
  'delivery.svg': delivery,
} as const satisfies Readonly<Record<string, (stack: StackJson) => string>>

/** The stack that the pictures show, with made-up values for what only its user can give: no variable changes it. */
export async function shownStack(): Promise<StackJson> {
  const environments = await readEnvironments()
  const { stacksOf } = await import('@cartwright/infra/stacks')
  // With the others: one may promote what another has proven.
  const stacks = stacksOf(environments.map((one) => completed(one, true).environment))
  const shown = stacks.find(({ name }) => name === SHOWN)
  if (shown === undefined)
    throw new Error(
      `there is no environment ${SHOWN}; wanted: environments/${SHOWN}.ts, which the pictures show`,
    )
  return shown
}
