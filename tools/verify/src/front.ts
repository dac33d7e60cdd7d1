import {
  type Chance,
  type HttpFault,
  type HttpFaultProxy,
  startHttpFaultProxy,
} from '@cartwright/test-servers'
import type { ApiProcess } from './api-process.ts'

/** The status with which a front says that nobody listens behind it: nothing has arrived. */
export const NOBODY_LISTENS = 502

/** What clients of one API process talk to: always at the same address, and able to lose answers. */
export class Front {
  readonly #proxy: HttpFaultProxy

  private constructor(proxy: HttpFaultProxy) {
    this.#proxy = proxy
  }

  static async start(api: Pick<ApiProcess, 'url'>): Promise<Front> {
    return new Front(
      await startHttpFaultProxy(() => api.url, { status: NOBODY_LISTENS, body: '{"code":"nobody-listens"}' }),
    )
  }

  get url(): string {
    return this.#proxy.url
  }

  /** From now on some answers are lost or late; none if there is no chance. */
  trouble(chance: Chance | undefined): void {
    this.#proxy.set(() => (chance === undefined || chance.next() < 0.6 ? undefined : fault(chance)))
  }

  stop(): Promise<void> {
    return this.#proxy.stop()
  }
}

/** Most requests are carried out: those are the ones that must not be carried out again. */
function fault(chance: Chance): HttpFault {
  const does = chance.of(['cut-after', 'cut-after', 'cut-before', 'late'] as const)
  return does === 'late' ? { does, milliseconds: 20 + chance.below(400) } : { does }
}
