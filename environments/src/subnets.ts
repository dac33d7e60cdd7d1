/** The ranges of one zone's subnets. */
export interface ZoneSubnets {
  readonly zone: string
  /** Load balancer and NAT. */
  readonly public: string
  /** Tasks and interface endpoints: the largest. */
  readonly application: string
  /** Redis: without a way to the internet. */
  readonly data: string
}

/** Zones that the plan has room for; adding one never moves another's subnets. */
export const MOST_ZONES = 6

/**
 * Cuts a network into sixteenths. The first holds the small subnets, each a sixteenth of it: public ones from 0, data
 * ones from 8. Each of the following ones is the application subnet of a zone.
 *
 *     10.40.0.0/16   0.0/24 1.0/24 2.0/24 …   8.0/24 9.0/24 10.0/24 …   16.0/20   32.0/20   48.0/20 …
 *                    public a b c             data a b c                app a     app b     app c
 */
export function planSubnets(cidr: string, zones: readonly string[]): readonly ZoneSubnets[] {
  const { base, prefix } = parseCidr(cidr)
  const at = (extraBits: number, index: number): string =>
    `${dotted(base + index * 2 ** (32 - prefix - extraBits))}/${prefix + extraBits}`
  return zones.map((zone, index) => ({
    zone,
    public: at(8, index),
    application: at(4, index + 1),
    data: at(8, index + 8),
  }))
}

/** What is wrong with a network's range, or `undefined`. */
export function cidrProblem(cidr: string): string | undefined {
  const octets = cidr.split('/')[0]?.split('.').map(Number) ?? []
  if (octets.some((octet) => octet > 255)) return 'numbers from 0 to 255'
  const { base, prefix } = parseCidr(cidr)
  // A load balancer takes no subnet smaller than /27, and a VPC no range larger than /16.
  if (prefix < 16 || prefix > 19) return 'a prefix from /16 to /19'
  if (base % 2 ** (32 - prefix) !== 0)
    return `the first address of its range: ${dotted(firstOf(base, prefix))}/${prefix}`
  return isPrivate(octets) ? undefined : 'a private range (RFC 1918)'
}

/** Addresses of an application subnet that AWS does not keep for itself (five of each subnet). */
export function applicationAddresses(cidr: string): number {
  return 2 ** (32 - parseCidr(cidr).prefix - 4) - 5
}

/** Whether two ranges have an address in common. */
export function overlap(one: string, other: string): boolean {
  const [a, b] = [parseCidr(one), parseCidr(other)]
  const prefix = Math.min(a.prefix, b.prefix)
  return firstOf(a.base, prefix) === firstOf(b.base, prefix)
}

function parseCidr(cidr: string): { base: number; prefix: number } {
  const [address = '', prefix] = cidr.split('/')
  const base = address.split('.').reduce((sum, octet) => sum * 256 + Number(octet), 0)
  return { base, prefix: Number(prefix) }
}

function firstOf(base: number, prefix: number): number {
  return base - (base % 2 ** (32 - prefix))
}

function dotted(address: number): string {
  return [24, 16, 8, 0].map((bits) => Math.floor(address / 2 ** bits) % 256).join('.')
}

function isPrivate([first = 0, second = 0]: readonly number[]): boolean {
  return first === 10 || (first === 172 && second >= 16 && second <= 31) || (first === 192 && second === 168)
}
