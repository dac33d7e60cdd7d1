/**
 * A `traceparent` header: version, trace id, parent id, flags (W3C Trace Context §3.2). Zeros alone are no id, version
 * ff is forbidden, and only versions later than 00 may have more behind the flags.
 */
export const TRACEPARENT =
  /^(?!ff|00.{54})[0-9a-f]{2}-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}(?:-.*)?$/
