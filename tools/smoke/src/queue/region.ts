/** The region that the host of a queue's URL names: `sqs.<region>.…` (also of an endpoint in a VPC), or `<region>.queue.…`. */
export function regionIn(queueUrl: string): string | undefined {
  const { hostname } = new URL(queueUrl)
  const [, now, before] = /(?:^|\.)sqs(?:-fips)?\.([a-z0-9-]+)\.|^([a-z0-9-]+)\.queue\./.exec(hostname) ?? []
  return now ?? before
}
