import { spawnSync } from 'node:child_process'
import { ImageProblem } from '../problem.ts'
import { Engine } from './engine.ts'

/**
 * Docker where its daemon answers; else buildah, which needs none: as root, in a chroot.
 *
 * @throws {ImageProblem} where there is neither, with how to get one
 */
export function findEngine(env: NodeJS.ProcessEnv = process.env): Engine {
  const answers = (program: string, ...args: string[]): boolean =>
    spawnSync(program, args, { stdio: 'ignore', env }).status === 0
  if (answers('docker', 'version', '--format', '{{.Server.Version}}')) return new Engine('docker', ['docker'])
  // vfs works on every file system.
  if (answers('buildah', '--version')) return new Engine('buildah', ['buildah', '--storage-driver', 'vfs'])
  throw new ImageProblem(
    'no Docker daemon answers, and there is no buildah; wanted: a Docker that runs, or, on Debian and Ubuntu, ' +
      'sudo apt-get install --no-install-recommends buildah',
  )
}
