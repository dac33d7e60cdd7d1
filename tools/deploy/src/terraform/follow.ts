import { closeSync, openSync, readSync } from 'node:fs'
import { StringDecoder } from 'node:string_decoder'

/** Between two looks, in milliseconds. */
const PAUSE = 200

/**
 * Reads a file while another process writes it.
 *
 * @param hear gets each line that is complete
 * @returns `end` reads what has come since the last look, and stops
 */
export function follow(file: string, hear: (line: string) => void): { readonly end: () => void } {
  const descriptor = openSync(file, 'r')
  const decoder = new StringDecoder('utf8')
  const chunk = Buffer.alloc(64 * 1024)
  let rest = ''
  const look = (): void => {
    for (;;) {
      const length = readSync(descriptor, chunk)
      if (length === 0) return
      const lines = (rest + decoder.write(chunk.subarray(0, length))).split('\n')
      rest = lines.pop() ?? ''
      for (const line of lines) hear(line)
    }
  }
  const timer = setInterval(look, PAUSE)
  return {
    end: () => {
      clearInterval(timer)
      look()
      closeSync(descriptor)
    },
  }
}
