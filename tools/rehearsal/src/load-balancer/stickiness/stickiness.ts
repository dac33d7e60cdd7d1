import type { ForwardConfiguration, TargetGroupConfiguration } from '../declared/configuration.ts'
import type { Header } from '../rules/request-facts.ts'
import { cookiesOf, setCookie, setCookieAcrossOrigins, sets } from './cookies.ts'
import type { Lead, Seal } from './seal.ts'

/** Names of AWS's: "Sticky sessions for your Application Load Balancer" and "Rule action types", forward actions. */
const OF_TARGET = 'AWSALB'
const OF_GROUP = 'AWSALBTG'
const OF_APPLICATION = 'AWSALBAPP-0'
/** Each of the first two has a second one for requests from other origins. */
const CORS = 'CORS'

type Group = Pick<TargetGroupConfiguration, 'arn' | 'stickiness'>

/** Where a request's cookies lead, and which cookies its answer gets. */
export class Stickiness {
  readonly #seal: Seal
  readonly #cookies: ReadonlyMap<string, string>
  readonly #now: number

  /** @param now milliseconds since 1970 */
  constructor(seal: Seal, headers: readonly Header[], now: number) {
    this.#seal = seal
    this.#cookies = cookiesOf(headers)
    this.#now = now
  }

  /** The group that the client was sent to before, if the action still has it. */
  groupOf(action: ForwardConfiguration): string | undefined {
    if (action.stickyFor === undefined) return undefined
    const lead = this.#read([OF_GROUP, OF_GROUP + CORS])
    return action.groups.find(({ arn }) => arn === lead?.group)?.arn
  }

  /** The id of the target that the client was sent to before. */
  targetOf(group: Group): string | undefined {
    const lead = this.#leadIn(group)
    return lead?.group === group.arn ? lead.target : undefined
  }

  /**
   * "The Application Load Balancer resets the expiry of the cookies it generates after every request."
   *
   * @param answer the target's headers: an application's cookie counts only where the application sets it
   */
  cookiesFor(
    action: ForwardConfiguration,
    group: Group,
    target: string,
    answer: readonly Header[],
  ): Header[] {
    const headers: Header[] = []
    if (action.stickyFor !== undefined)
      headers.push(...this.#both(OF_GROUP, { group: group.arn, until: this.#in(action.stickyFor) }))
    const { stickiness } = group
    if (stickiness === undefined) return headers
    const lead = { group: group.arn, target, until: this.#in(stickiness.duration) }
    if (stickiness.type === 'lb_cookie') headers.push(...this.#both(OF_TARGET, lead))
    else if (sets(answer, stickiness.cookie) || this.#leadIn(group) !== undefined)
      headers.push(setCookie(OF_APPLICATION, this.#seal.close(lead), this.#now))
    return headers
  }

  #leadIn({ stickiness }: Group): Lead | undefined {
    if (stickiness === undefined) return undefined
    if (stickiness.type === 'lb_cookie') return this.#read([OF_TARGET, OF_TARGET + CORS])
    // "Clients have to send back both cookies to maintain stickiness."
    return this.#cookies.has(stickiness.cookie) ? this.#read([OF_APPLICATION]) : undefined
  }

  #read(names: readonly string[]): Lead | undefined {
    const leads = names.map((name) => this.#seal.open(this.#cookies.get(name) ?? ''))
    return leads.find((lead) => lead !== undefined && lead.until > this.#now)
  }

  #both(name: string, lead: Lead): Header[] {
    const value = this.#seal.close(lead)
    return [setCookie(name, value, this.#now), setCookieAcrossOrigins(name + CORS, value, this.#now)]
  }

  #in(seconds: number): number {
    return this.#now + seconds * 1000
  }
}
