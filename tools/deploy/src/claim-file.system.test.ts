import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { promisify } from 'node:util'

const MODULE = path.join(import.meta.dirname, 'claim-file.ts')
const RACERS = 8
const ROUNDS = 30

/** Works with the file again and again; gives it back, or leaves it as one that was killed does. */
const RACER = `
  import { renameSync, rmSync, writeFileSync } from 'node:fs'
  import { aliveIn, claimFile } from ${JSON.stringify(MODULE)}
  import { markOf } from ${JSON.stringify(path.join(import.meta.dirname, 'mark.ts'))}
  const [file, witness, dead, rounds] = process.argv.slice(1)
  const pause = (milliseconds) => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, milliseconds)
  for (let round = 0, looks = 0; round < Number(rounds); ) {
    // What was found is old when something is done about it.
    const slowly = (text) => (pause((process.pid + looks++) % 3), aliveIn(text))
    if (claimFile(file, JSON.stringify({ ...markOf(process.pid), round }), slowly) !== undefined) continue
    // Throws where another one works.
    writeFileSync(witness, '', { flag: 'wx' })
    pause(1)
    rmSync(witness)
    if (round % 2 === 0) rmSync(file)
    else {
      const killed = file + '-killed-' + process.pid
      writeFileSync(killed, JSON.stringify({ pid: Number(dead), by: process.pid, round }))
      renameSync(killed, file)
    }
    round += 1
  }
`

test('of many that find a dead one’s file, one has it at a time', async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'claim-file-'))
  const [file, witness] = [path.join(folder, 'claim.json'), path.join(folder, 'works')]
  const dead = spawn(process.execPath, ['-e', ''], { stdio: 'ignore' })
  await once(dead, 'exit')
  writeFileSync(file, JSON.stringify({ pid: dead.pid }))
  try {
    const args = ['--input-type=module', '-e', RACER, file, witness, String(dead.pid), String(ROUNDS)]
    const racers = Array.from({ length: RACERS }, () => promisify(execFile)(process.execPath, args))
    const ends = await Promise.allSettled(racers)

    expect(ends.filter(({ status }) => status === 'rejected')).toEqual([])
    expect(existsSync(witness)).toBe(false)
    expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject({ pid: dead.pid, round: ROUNDS - 1 })
    expect(readdirSync(folder)).toEqual(['claim.json'])
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
})
