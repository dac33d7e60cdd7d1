import { existsSync } from 'node:fs'
import path from 'node:path'
import type { PulledImage } from '@cartwright/image'
import type { Image } from '../ecs/index.ts'

/**
 * What a container of an image runs, as a process of this machine: its own Node stands for the image's, and a path that the image
 * has is meant in the image, wherever that lies here.
 */
export function runnable({ config, root }: PulledImage): Image {
  const here = (text: string): string => {
    const place = path.join(root, text)
    return path.isAbsolute(text) && existsSync(place) ? place : text
  }
  const variables = config.Env.map((one) => {
    const [name = '', value = ''] = one.split(/=(.*)/s)
    return [name, here(value)]
  })
  return {
    entryPoint: (config.Entrypoint ?? []).map(here),
    command: config.Cmd.map(here),
    environment: Object.fromEntries(variables),
    folder: path.join(root, config.WorkingDir),
    programs: { node: process.execPath },
  }
}
