import { type Header, valuesOf } from '../rules/request-facts.ts'

/** For one connection only: RFC 9110 §7.6.1. */
const HOP_BY_HOP = new Set([
  'connection',
  'keep-alive',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
])

/** These say what the message is: naming them in `Connection` must not take them away. */
const NEVER_DROPPED = new Set(['content-length', 'host'])

/** The headers that go on: without those for this connection, and those that `Connection` names. */
export function endToEnd(headers: readonly Header[]): Header[] {
  const named = valuesOf(headers, 'connection').flatMap((value) => value.toLowerCase().split(/\s*,\s*/))
  const dropped = new Set(named.map((name) => name.trim()).filter((name) => !NEVER_DROPPED.has(name)))
  return headers.filter(([name]) => {
    const lower = name.toLowerCase()
    return !HOP_BY_HOP.has(lower) && !dropped.has(lower)
  })
}
