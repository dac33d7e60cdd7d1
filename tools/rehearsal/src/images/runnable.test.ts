import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { runnable } from './runnable.ts'

let root: string
beforeEach(() => {
  root = mkdtempSync(path.join(tmpdir(), 'runnable-test-'))
  mkdirSync(path.join(root, 'app/compile-cache'), { recursive: true })
  writeFileSync(path.join(root, 'app/main.js'), '')
})
afterEach(() => rmSync(root, { recursive: true, force: true }))

const CONFIG = { Cmd: [], Env: [], WorkingDir: '/app', User: '1000:1000', Labels: {} }

test('an image works where its WORKDIR lies here, with what it says', () => {
  const config = {
    ...CONFIG,
    Entrypoint: ['node'],
    Cmd: ['main.js'],
    Env: ['RELEASE=1f', 'EQUATION=a=b', 'EMPTY='],
  }

  expect(runnable({ config, root })).toEqual({
    entryPoint: ['node'],
    command: ['main.js'],
    environment: { RELEASE: '1f', EQUATION: 'a=b', EMPTY: '' },
    folder: path.join(root, 'app'),
    programs: { node: process.execPath },
  })
})

test('a path that the image has is meant in the image; another one stays as it is', () => {
  const config = {
    ...CONFIG,
    Entrypoint: null,
    Cmd: ['node', '/app/main.js', '/health'],
    Env: ['NODE_COMPILE_CACHE=/app/compile-cache', 'DATA_DIR=/data', 'WORD=app'],
  }

  expect(runnable({ config, root })).toMatchObject({
    entryPoint: [],
    command: ['node', path.join(root, 'app/main.js'), '/health'],
    environment: {
      NODE_COMPILE_CACHE: path.join(root, 'app/compile-cache'),
      DATA_DIR: '/data',
      WORD: 'app',
    },
  })
})
