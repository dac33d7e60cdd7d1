import { type Header, valuesOf } from '../rules/request-facts.ts'

/** "It has its own expiry of 7 days which is non-configurable"; how long it counts stands inside. In milliseconds. */
const EXPIRY = 7 * 24 * 3600 * 1000

/** The cookies of a request, the first of each name. */
export function cookiesOf(headers: readonly Header[]): ReadonlyMap<string, string> {
  const cookies = new Map<string, string>()
  for (const pair of valuesOf(headers, 'cookie').flatMap((value) => value.split(';'))) {
    const at = pair.indexOf('=')
    const name = pair.slice(0, at).trim()
    if (at > 0 && !cookies.has(name)) cookies.set(name, pair.slice(at + 1).trim())
  }
  return cookies
}

/** A cookie of the load balancer's own. @param now milliseconds since 1970 */
export function setCookie(name: string, value: string, now: number): Header {
  return ['Set-Cookie', `${name}=${value}; Expires=${new Date(now + EXPIRY).toUTCString()}; Path=/`]
}

/** The same for requests from other origins, which browsers send only so: "Clients receive both cookies." */
export function setCookieAcrossOrigins(name: string, value: string, now: number): Header {
  const [header, cookie] = setCookie(name, value, now)
  return [header, `${cookie}; SameSite=None; Secure`]
}

/** Whether an answer sets a cookie of that name. */
export function sets(answer: readonly Header[], name: string): boolean {
  return valuesOf(answer, 'set-cookie').some((value) => value.trimStart().startsWith(`${name}=`))
}
