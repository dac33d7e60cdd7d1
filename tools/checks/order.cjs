const Sequencer = require('@jest/test-sequencer').default

/** What takes minutes, the longest first: see jest-run.ts. */
const LONG = require('./long.json')

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
