/**
 * Whether a status is one of those that a health check takes: `200`, `200,202` or `200-299`. AWS: "Health checks for
 * Application Load Balancer target groups", Matcher.
 */
export function takes(matcher: string, status: number): boolean {
  return matcher.split(',').some((part) => {
    const [from = '', to = from] = part.trim().split('-')
    return Number(from) <= status && status <= Number(to)
  })
}
