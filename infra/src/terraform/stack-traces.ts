/**
 * Runs something while nobody takes stack traces by themselves; errors keep theirs. CDKTF takes a complete one for each of
 * its thousands of tokens, and nobody reads them.
 */
export function withoutStackTraces<Result>(run: () => Result): Result {
  const capture = Error.captureStackTrace
  Error.captureStackTrace = () => {}
  try {
    return run()
  } finally {
    Error.captureStackTrace = capture
  }
}
