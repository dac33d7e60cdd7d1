import { hash } from 'node:crypto'
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import path from 'node:path'
import type { Image } from '../ecs/index.ts'

/** What a Dockerfile says beside its files (OCI image specification, "Image Configuration": `config`). */
export interface ImageConfig {
  readonly Cmd: readonly string[]
  readonly Env: readonly string[]
  readonly WorkingDir: string
}

/** An image as a registry knows it. */
export interface StoredImage {
  /** `sha256:…` of the manifest's bytes. */
  readonly digest: string
  readonly manifest: string
}

export const MANIFEST_TYPE = 'application/vnd.oci.image.manifest.v1+json'

/**
 * Images without layers: what a container of one finds is a folder, by the digest of the image's manifest. The manifest
 * names the digests of the configuration and of all files, so that the same files are the same image.
 *
 *     <digest>/manifest.json   config.json   root/app/dist/main.js …
 */
export class ImageFolder {
  readonly #folder: string

  /** @param folder made where it is missing */
  constructor(folder: string) {
    this.#folder = folder
    mkdirSync(folder, { recursive: true })
  }

  /** @param root what the image's file system is to hold; it is copied */
  add(root: string, config: ImageConfig): StoredImage {
    const configText = JSON.stringify({ architecture: 'arm64', os: 'linux', config })
    const files = contentsOf(root)
    const manifest = JSON.stringify({
      schemaVersion: 2,
      mediaType: MANIFEST_TYPE,
      config: blob('application/vnd.oci.image.config.v1+json', configText),
      layers: [blob('application/vnd.oci.image.layer.v1.tar', files)],
    })
    const digest = digestOf(manifest)
    const own = this.#folderOf(digest)
    if (existsSync(own)) return { digest, manifest }
    const unfinished = `${own}.${process.pid}`
    mkdirSync(unfinished)
    cpSync(root, path.join(unfinished, 'root'), { recursive: true })
    writeFileSync(path.join(unfinished, 'config.json'), configText)
    writeFileSync(path.join(unfinished, 'manifest.json'), manifest)
    try {
      renameSync(unfinished, own)
    } catch (error) {
      // Another one was faster, with the same.
      rmSync(unfinished, { recursive: true })
      if (!existsSync(own)) throw error
    }
    return { digest, manifest }
  }

  /** What a container of it runs; nothing where it was never added. */
  find(digest: string): Image | undefined {
    const own = this.#folderOf(digest)
    if (!existsSync(own)) return undefined
    // Written by `add`.
    const { config } = JSON.parse(readFileSync(path.join(own, 'config.json'), 'utf8')) as {
      config: ImageConfig
    }
    return {
      entryPoint: [],
      command: config.Cmd,
      environment: Object.fromEntries(config.Env.map((one) => one.split(/=(.*)/s).slice(0, 2))),
      folder: path.join(own, 'root', config.WorkingDir),
      programs: { node: process.execPath },
    }
  }

  #folderOf(digest: string): string {
    return path.join(this.#folder, digest.replace('sha256:', ''))
  }
}

/** All files with their names, in one order. */
function contentsOf(root: string): string {
  const names = readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(root, path.join(entry.parentPath, entry.name)))
  return names
    .toSorted()
    .map((name) => `${name} ${hash('sha256', readFileSync(path.join(root, name)))}`)
    .join('\n')
}

function blob(mediaType: string, text: string): object {
  return { mediaType, size: Buffer.byteLength(text), digest: digestOf(text) }
}

function digestOf(text: string): string {
  return `sha256:${hash('sha256', text)}`
}
