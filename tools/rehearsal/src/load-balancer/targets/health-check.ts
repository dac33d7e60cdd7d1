import { request as requestHttp } from 'node:http'
import { request as requestHttps } from 'node:https'
import type { HealthCheckConfiguration } from '../declared/configuration.ts'
import { takes } from './matcher.ts'

/** Where a target listens. */
export interface Place {
  readonly host: string
  readonly port: number
}

export type CheckResult =
  | { readonly is: 'success' }
  | { readonly is: 'wrong-status'; readonly status: number }
  | { readonly is: 'timeout' | 'failure' }

/** Checks a target once; nobody asks for the result any more once it is aborted. */
export type HealthCheck = (
  place: Place,
  check: HealthCheckConfiguration,
  signal: AbortSignal,
) => Promise<CheckResult>

/**
 * One GET over a connection of its own, which is closed afterwards; `Host` is the target's address and port. AWS:
 * "Health checks for Application Load Balancer target groups" and "Troubleshoot your Application Load Balancers".
 */
export const checkHealth: HealthCheck = (place, check, signal) =>
  new Promise((resolve) => {
    const port = check.port ?? place.port
    const options = {
      host: place.host,
      port,
      path: check.path,
      agent: false as const,
      signal,
      headers: {
        Host: `${place.host}:${port}`,
        Connection: 'close',
        'User-Agent': 'ELB-HealthChecker/2.0',
        'Accept-Encoding': 'gzip, compressed',
      },
    }
    // "The load balancer does not validate the certificates of targets." AWS: "Target groups", routing configuration.
    const request =
      check.protocol === 'HTTPS'
        ? requestHttps({ ...options, rejectUnauthorized: false })
        : requestHttp(options)
    const end = (result: CheckResult): void => {
      clearTimeout(late)
      resolve(result)
      request.destroy()
    }
    const late = setTimeout(() => end({ is: 'timeout' }), check.timeout * 1000)
    request.on('error', () => end({ is: 'failure' }))
    request.on('response', (answer) => {
      const { statusCode: status = 0 } = answer
      end(takes(check.matcher, status) ? { is: 'success' } : { is: 'wrong-status', status })
    })
    request.end()
  })
