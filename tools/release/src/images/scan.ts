import { setTimeout as sleep } from 'node:timers/promises'
import type { DescribeImageScanFindingsCommandOutput, ECR } from '@aws-sdk/client-ecr'

/** Scanning begins with the push and takes seconds. So long the build of a pipeline waits, too, in milliseconds. */
const PATIENCE = 5 * 60_000

/** What keeps an image from being released. */
const SERIOUS = ['CRITICAL', 'HIGH'] as const

export type Scan = Pick<DescribeImageScanFindingsCommandOutput, 'imageScanStatus' | 'imageScanFindings'>

export interface ScanOptions {
  readonly ecr: ECR
  readonly repositoryName: string
  readonly tag: string
  /** Between two looks, in milliseconds. */
  readonly interval: number
  readonly signal: AbortSignal
}

/**
 * What speaks against an image by the registry's scan, which is waited for: the same as in the build of a pipeline
 * (infra/src/delivery/buildspecs/build.yml).
 *
 * @returns undefined where nothing does
 */
export async function findObjection(options: ScanOptions): Promise<string | undefined> {
  const { ecr, repositoryName, tag, interval, signal } = options
  const end = Date.now() + PATIENCE
  for (;;) {
    const scan = await ecr
      .describeImageScanFindings({ repositoryName, imageId: { imageTag: tag } })
      .catch((error: unknown): Scan => {
        // It has not begun.
        if (error instanceof Error && error.name === 'ScanNotFoundException') return {}
        throw error
      })
    if (isOver(scan)) return objectionIn(scan)
    if (Date.now() > end) return `the scan of ${tag} is ${statusOf(scan)}; wanted: COMPLETE`
    await sleep(interval, undefined, { signal })
  }
}

function isOver(scan: Scan): boolean {
  return ['COMPLETE', 'ACTIVE', 'FAILED', 'UNSUPPORTED_IMAGE'].includes(statusOf(scan))
}

/** Of a scan that is over. */
export function objectionIn(scan: Scan): string | undefined {
  const status = statusOf(scan)
  if (status !== 'COMPLETE' && status !== 'ACTIVE') return `the scan is ${status}; wanted: COMPLETE`
  const counts = scan.imageScanFindings?.findingSeverityCounts ?? {}
  const found = SERIOUS.flatMap((severity) => {
    const count = counts[severity] ?? 0
    return count === 0 ? [] : [`${count} ${severity.toLowerCase()}`]
  })
  if (found.length === 0) return undefined
  return `the scan found vulnerabilities (${found.join(', ')}); wanted: none that is critical or high`
}

function statusOf({ imageScanStatus }: Scan): string {
  return imageScanStatus?.status ?? 'missing'
}
