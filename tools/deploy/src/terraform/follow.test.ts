import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { follow } from './follow.ts'

test('lines are heard when they are complete, also those after the last look', async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'follow-'))
  const file = path.join(folder, 'log')
  const heard: string[] = []
  try {
    writeFileSync(file, '')
    const listening = follow(file, (line) => heard.push(line))
    // A letter of two bytes, torn apart.
    const letter = Buffer.from('é')
    appendFileSync(file, Buffer.concat([Buffer.from('one\ntw'), letter.subarray(0, 1)]))
    while (heard.length === 0) await sleep(20)
    appendFileSync(file, Buffer.concat([letter.subarray(1), Buffer.from('\nthree\nno end')]))
    listening.end()

    expect(heard).toEqual(['one', 'twé', 'three'])
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
})
