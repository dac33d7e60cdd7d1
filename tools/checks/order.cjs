const Sequencer = require('@jest/test-sequencer').default

/** What takes minutes, most of which is waiting for Terraform: all else fits beside and after it. The longest comes first. */
const LONG = [
  'tools/rehearsal/test/staging',
  'tools/deploy/test/interrupted',
  'tools/deploy/test/lifecycle',
  'tools/deploy/src/cdktf/cdktf',
  'tools/rehearsal/test/causes',
  'tools/rehearsal/test/once',
  'tools/local-aws/test/roots',
  'tools/deploy/src/rotate/rotate',
  'tools/deploy/src/rotate/terraform',
  'tools/deploy/test/refusals',
]

/** A fresh clone knows no durations, and jest would then begin with the largest files. */
module.exports = class extends Sequencer {
  sort(tests) {
    const place = ({ path }) => {
      const found = LONG.findIndex((start) => path.includes(`/${start}.`))
      return found === -1 ? LONG.length : found
    }
    return super.sort(tests).toSorted((one, other) => place(one) - place(other))
  }
}
