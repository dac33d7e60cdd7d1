import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { findTerraform } from './terraform.ts'

let folder: string
let binary: string

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'terraform-'))
  binary = path.join(folder, 'terraform')
  writeFileSync(binary, '#!/bin/sh\n')
  chmodSync(binary, 0o755)
})

afterEach(() => rmSync(folder, { recursive: true, force: true }))

test('the one on PATH is found', () => {
  expect(findTerraform({ PATH: `${folder}/nowhere:${folder}` })).toBe(binary)
})

test('the one that is set goes before it', () => {
  expect(findTerraform({ PATH: '/usr/bin', CARTWRIGHT_TERRAFORM: binary })).toBe(binary)
  expect(() => findTerraform({ PATH: folder, CARTWRIGHT_TERRAFORM: `${binary}x` })).toThrow(
    `CARTWRIGHT_TERRAFORM is "${binary}x"; wanted: the path of the Terraform binary`,
  )
})

test('without one the ways to get it are told', () => {
  expect(() => findTerraform({ PATH: '' })).toThrow(
    /no terraform on PATH: install it .* CARTWRIGHT_TERRAFORM/,
  )
})
