import { execFileSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { Engine } from './engine/engine.ts'

/** How it is called where it is made. */
export const NODE_BASE = 'localhost/cartwright-node'

/**
 * Makes a base image of the Node that runs this and the libraries that it needs: for machines from which no registry can be
 * reached. It has nothing else, not even a shell.
 */
export async function makeNodeBase(engine: Engine): Promise<string> {
  const scratch = mkdtempSync(path.join(tmpdir(), 'cartwright-node-'))
  const root = path.join(scratch, 'root')
  try {
    mkdirSync(path.join(root, 'tmp'), { recursive: true, mode: 0o1777 })
    copy(process.execPath, path.join(root, 'usr/local/bin/node'))
    // `libm.so.6 => /lib/…/libm.so.6 (0x…)`, and the loader alone: `/lib64/ld-linux-x86-64.so.2 (0x…)`.
    const libraries = execFileSync('ldd', [process.execPath], { encoding: 'utf8' })
    for (const [, file = ''] of libraries.matchAll(/(?:=> |^\s*)(\/\S+) \(/gm))
      copy(file, path.join(root, file))
    const dockerfile = path.join(scratch, 'Dockerfile')
    writeFileSync(
      dockerfile,
      'FROM scratch\nCOPY . /\nENV PATH=/usr/local/bin\nRUN ["node", "--eval", "fs.chmodSync(\'/tmp\', 0o1777)"]\n',
    )
    await engine.build({ dockerfile, context: root, name: NODE_BASE, args: {} })
    return NODE_BASE
  } finally {
    rmSync(scratch, { recursive: true, force: true })
  }
}

function copy(from: string, to: string): void {
  mkdirSync(path.dirname(to), { recursive: true })
  cpSync(realpathSync(from), to)
}
