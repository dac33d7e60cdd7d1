// `node --import` loads this before an API process: the process runs the product with the patches of `timing.ts`, and of
// the mutant that VERIFY_MUTANT names. A patch that does not fit ends the process before anything else is loaded.

import fs from 'node:fs'
import { registerHooks, syncBuiltinESMExports } from 'node:module'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { MUTANTS, type MutantName } from './mutants.ts'
import { type Patch, patchedTexts } from './patching.ts'
import { TIMING } from './timing.ts'

const ROOT = path.join(import.meta.dirname, '../../../..')
const read = fs.readFileSync

const name = process.env['VERIFY_MUTANT']
if (name !== undefined && !Object.hasOwn(MUTANTS, name)) {
  throw new Error(`VERIFY_MUTANT is "${name}"; wanted: ${Object.keys(MUTANTS).join(', ')}`)
}
// Looked up in the table one line above.
const mutation: readonly Patch[] = name === undefined ? [] : MUTANTS[name as MutantName].patches
const texts = new Map<string, string>()
for (const [file, text] of patchedTexts([...TIMING, ...mutation], (file) =>
  read(path.join(ROOT, file), 'utf8'),
)) {
  texts.set(pathToFileURL(path.join(ROOT, file)).href, text)
}

registerHooks({
  load: (url, context, next) => {
    const source = texts.get(url)
    return source === undefined
      ? next(url, context)
      : { format: context.format ?? 'module-typescript', source, shortCircuit: true }
  },
})

// Scripts for Redis are no modules: the product reads them as files.
fs.readFileSync = ((file: fs.PathOrFileDescriptor, ...options: []) =>
  textOf(file) ?? read(file, ...options)) as typeof read
syncBuiltinESMExports()

function textOf(file: fs.PathOrFileDescriptor): string | undefined {
  if (file instanceof URL) return texts.get(file.href)
  return typeof file === 'string' ? texts.get(pathToFileURL(path.resolve(file)).href) : undefined
}
