// `node tools/policy/src/random/main.ts [seed [count]]` prints what becomes of random mutations.

import '@cartwright/infra/fast-loading'

const { completeStacks } = await import('../test/stacks.ts')
const { said, tableOf } = await import('./table.ts')
const { COUNT, SEED, tried } = await import('./tried.ts')

const [seed = SEED, count = COUNT] = process.argv.slice(2).map(Number)
const all = tried(await completeStacks(), seed, count)
console.log(tableOf(all))
for (const one of all) if (one.outcome.is === 'missed') console.log(`missed: ${said(one)}`)
