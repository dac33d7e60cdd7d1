import { execFile } from 'node:child_process'
import { accessSync, constants } from 'node:fs'
import path from 'node:path'
import { promisify } from 'node:util'

/** How long an installation may take, in milliseconds. */
const PATIENCE = 180_000

/**
 * The file of a program, which is installed first where it is missing, on Debian and as root.
 *
 * @param pack the package that has it
 * @returns undefined where there is none, and it cannot be installed
 */
export async function findOrInstall(name: string, pack = name): Promise<string | undefined> {
  const own = onPath(name)
  if (own !== undefined) return own
  const apt = onPath('apt-get')
  if (apt === undefined || process.getuid?.() !== 0) return undefined
  const run = promisify(execFile)
  // Nothing is to be started by the package itself: the runlevel says that the machine is not up for it.
  const settings = {
    env: {
      ...process.env,
      // dpkg wants to see them.
      PATH: `${process.env['PATH'] ?? ''}:/usr/local/sbin:/usr/sbin:/sbin`,
      DEBIAN_FRONTEND: 'noninteractive',
      RUNLEVEL: '1',
    },
    timeout: PATIENCE,
  }
  // Several tests may ask at once: apt waits for its lock.
  const waiting = ['-o', 'DPkg::Lock::Timeout=120']
  const install = () =>
    run(apt, [...waiting, 'install', '-y', '-q', '--no-install-recommends', pack], settings)
  // Fresh images have no package lists.
  await install().catch(async () => {
    await run(apt, [...waiting, 'update', '-q'], settings)
    await install()
  })
  return onPath(name)
}

function onPath(name: string): string | undefined {
  const folders = (process.env['PATH'] ?? '').split(path.delimiter).filter(Boolean)
  return folders.map((folder) => path.join(folder, name)).find(isExecutable)
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK)
    return true
  } catch {
    return false
  }
}
