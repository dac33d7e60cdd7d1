import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { gentleTerraform } from './gentle-terraform.ts'

let folder: string

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'gentle-'))
})

afterEach(() => rmSync(folder, { recursive: true, force: true }))

const within = (...front: readonly string[]) => ({
  PATH: [...front, '/usr/bin', '/bin'].join(path.delimiter),
})

test('terraform goes on as it is told, and lets others go first', () => {
  const bin = path.join(folder, "it's here")
  mkdirSync(bin)
  writeFileSync(path.join(bin, 'terraform'), '#!/bin/sh\necho "$(nice) $$ $2"\n', { mode: 0o755 })
  const now = Number(execFileSync('nice', { encoding: 'utf8' }))

  const gentle = gentleTerraform(folder, within(bin))
  const said = execFileSync('sh', ['-c', 'echo $$; exec terraform plan "a b"'], {
    encoding: 'utf8',
    env: within(gentle, bin),
  })

  const [own, line = ''] = said.split('\n')
  // The same process, so that whoever kills it kills Terraform.
  expect(line).toBe(`${Math.min(19, now + 10)} ${own} a b`)
  expect(gentleTerraform(folder, within(bin))).toBe(gentle)
})

test('where there is none, there is none', () => {
  const gentle = gentleTerraform(folder, { PATH: folder })

  expect(() => execFileSync(path.join(gentle, 'terraform'))).toThrow('ENOENT')
})
