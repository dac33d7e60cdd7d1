import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'

/** Whom a cookie leads to, and until when it counts, in milliseconds since 1970. */
export interface Lead {
  readonly group: string
  /** None in a cookie that leads to a group only. */
  readonly target?: string
  readonly until: number
}

const NONCE = 12
const TAG = 16

/** "The content of load balancer generated cookies are encrypted using a rotating key." Here the key lives as long as it. */
export class Seal {
  readonly #key = randomBytes(32)

  close(lead: Lead): string {
    const nonce = randomBytes(NONCE)
    const cipher = createCipheriv('aes-256-gcm', this.#key, nonce)
    const text = Buffer.concat([cipher.update(JSON.stringify(lead), 'utf8'), cipher.final()])
    return Buffer.concat([nonce, cipher.getAuthTag(), text]).toString('base64url')
  }

  /** @returns `undefined` for what was not sealed here */
  open(sealed: string): Lead | undefined {
    const bytes = Buffer.from(sealed, 'base64url')
    try {
      const decipher = createDecipheriv('aes-256-gcm', this.#key, bytes.subarray(0, NONCE))
      decipher.setAuthTag(bytes.subarray(NONCE, NONCE + TAG))
      const text = Buffer.concat([decipher.update(bytes.subarray(NONCE + TAG)), decipher.final()])
      // Only leads are ever sealed with this key.
      return JSON.parse(text.toString('utf8')) as Lead
    } catch {
      return undefined
    }
  }
}
