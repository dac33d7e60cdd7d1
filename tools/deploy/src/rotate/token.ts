import { randomInt } from 'node:crypto'

const SIGNS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789'
/** What AWS takes: 16 to 128 characters, and none of `@ " /`. Letters and digits are enough. */
const LENGTH = 64

/** A token that nobody has ever had. */
export function newToken(): string {
  return Array.from({ length: LENGTH }, () => SIGNS[randomInt(SIGNS.length)]).join('')
}
