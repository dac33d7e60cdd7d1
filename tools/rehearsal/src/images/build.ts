import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { type Layout, makeApp, makeLayout } from '@cartwright/image'

/**
 * Builds the API's image: its bundle and its catalog, as a Dockerfile would copy them.
 *
 * @param release the tag it is going to have, which `/metadata` tells
 * @param temporary an existing folder, in which it stays
 */
export function buildApi(release: string, temporary: string): Promise<Layout> {
  return build(release, temporary, makeApp)
}

/** An image whose program ends as soon as it starts, as one does that was built wrong. */
export function buildBroken(release: string, temporary: string): Promise<Layout> {
  return build(release, temporary, (app) => {
    const dist = path.join(app, 'dist')
    mkdirSync(dist, { recursive: true })
    writeFileSync(path.join(dist, 'main.js'), `throw new Error('release ${release} cannot start')\n`)
  })
}

async function build(
  release: string,
  temporary: string,
  fill: (app: string) => Promise<void> | void,
): Promise<Layout> {
  const own = mkdtempSync(path.join(temporary, 'image-'))
  const root = path.join(own, 'root')
  await fill(path.join(root, 'app'))
  const layout = await makeLayout({
    root,
    config: { Cmd: ['node', 'dist/main.js'], Env: [`RELEASE=${release}`], WorkingDir: '/app' },
    folder: path.join(own, 'layout'),
  })
  rmSync(root, { recursive: true })
  return layout
}
