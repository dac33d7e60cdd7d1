import { chmodSync, mkdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import type { Image } from '../images.ts'

const VIEW = fileURLToPath(new URL('../network/view.ts', import.meta.url))

/** The programs of a container: what its image has, in a folder of their own, and nothing else of this machine. */
export class Programs {
  readonly folder: string
  readonly #image: Image

  /** @param folder an existing one of the container's; `network` is the task's network as a file */
  constructor(folder: string, image: Image, network: string) {
    this.folder = path.join(folder, 'bin')
    this.#image = image
    const view = pathToFileURL(VIEW)
    view.searchParams.set('view', network)
    mkdirSync(this.folder)
    for (const [name, file] of Object.entries(image.programs)) {
      // Node is told of the task's network by an argument, so that its environment stays the declared one.
      const sees = name === 'node' ? ` --import ${quoted(view.href)}` : ''
      const program = path.join(this.folder, name)
      writeFileSync(program, `#!/bin/sh\nunset PWD OLDPWD SHLVL\nexec ${quoted(file)}${sees} "$@"\n`)
      chmodSync(program, 0o755)
    }
  }

  /** The file and arguments of a command as the image would find them; nothing where it has no such program. */
  find([name, ...args]: readonly string[]): readonly string[] | undefined {
    if (name === undefined) return undefined
    const known = path.basename(name)
    if (!Object.hasOwn(this.#image.programs, known)) return undefined
    return [path.join(this.folder, known), ...args]
  }
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`
}
