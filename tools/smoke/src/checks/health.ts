import type { Check, Checks } from '../check.ts'
import { want, wantStatus, wantThat } from '../target/wanting.ts'

/** How often the release is asked for: several tasks may answer. */
const ASKED = 10

/** @param release what has to be running */
export function healthChecks(release: string | undefined): Checks {
  return [
    {
      name: 'the API is up, and so is its store',
      run: async (shop) => {
        const answer = await shop.ask({ path: '/health' })
        wantStatus(answer, 200)
        want(answer, 'status', answer.body['status'], 'up')
        // Whatever it is, it is compared.
        const store = answer.body['store'] as { state?: unknown } | undefined
        want(answer, 'store', store?.state, 'up')
      },
    },
    {
      name: 'an answer names its request and the instance that gave it',
      run: async (shop) => {
        const requestId = `smoke-${crypto.randomUUID()}`
        const answer = await shop.ask({ path: '/metadata', headers: { 'X-Request-ID': requestId } })
        wantStatus(answer, 200)
        want(answer, 'X-Request-ID', answer.headers['x-request-id'], requestId)
        const { instanceId } = answer.body
        wantThat(answer, typeof instanceId === 'string', answer.summary, 'an instanceId')
        want(answer, 'X-Instance-ID', answer.headers['x-instance-id'], instanceId)
      },
    },
    ...(release === undefined ? [] : [releaseCheck(release)]),
  ]
}

function releaseCheck(release: string): Check {
  return {
    name: `release ${release} answers`,
    run: async (shop) => {
      for (let asked = 0; asked < ASKED; asked += 1) {
        const answer = await shop.ask({ path: '/metadata', isFresh: true })
        wantStatus(answer, 200)
        want(answer, 'release', answer.body['release'], release)
      }
    },
  }
}
