/**
 * A problem in the API's own form (RFC 9457), for answers that are given before a request reaches it. Neither load
 * balancer nor firewall can send `application/problem+json`: it goes as `application/json`.
 */
export function problemJson(code: string, status: number, title: string): string {
  return JSON.stringify({ type: 'about:blank', title, status, code })
}
