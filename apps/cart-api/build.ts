import {
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { createRequire } from 'node:module'
import path from 'node:path'
import { build } from 'esbuild'

/**
 * Where the bundled server goes: beside `src`, so that paths relative to either are the same. Another folder may be
 * named, to look at a bundle that is not to be run.
 */
const DIST = path.resolve(import.meta.dirname, process.argv[2] ?? 'dist')

/** Where esbuild takes itself to write: source maps lead from there to the sources, and never through the folders of a machine. */
const OUT = path.join(import.meta.dirname, 'dist')

/** What a build may have left: a chunk with the hash of its content in its name, or what it was killed while writing. */
const LEFTOVER = /-[A-Z0-9]{8}\.js(\.map)?$|\.js(\.map)?\.\d+$/

/** How long what no build makes any more is left lying, in milliseconds. */
const LEFT_LYING = 24 * 3600_000

/** Packages that are CommonJS ask for Node's modules by `require`, which an ES module does not have. */
const REQUIRE =
  "import { createRequire as requireFor } from 'node:module'; const require = requireFor(import.meta.url);"

/**
 * Bundles the server into `dist/main.js`: it starts three times faster than from its hundreds of modules and takes
 * a third less memory, and what runs here is what an image holds.
 */
const { outputFiles } = await build({
  absWorkingDir: import.meta.dirname,
  entryPoints: ['src/main.ts'],
  outdir: OUT,
  bundle: true,
  splitting: true, // what is imported late (token verification) stays out of memory until then
  platform: 'node',
  target: 'node24',
  format: 'esm',
  banner: { js: REQUIRE },
  sourcemap: 'linked',
  logLevel: 'warning',
  write: false,
})
mkdirSync(DIST, { recursive: true })
const bundle = outputFiles.map(({ path: file, contents }) => ({
  path: path.join(DIST, path.relative(OUT, file)),
  contents,
}))
const outputs = [...bundle, ...scripts(), ...assets()]
for (const { path: file, contents } of outputs) replace(file, contents)
try {
  clearAway(new Set(outputs.map(({ path: file }) => file)))
} catch {
  // What another user has built cannot be touched. It takes up room, and is no reason not to start.
}

/** The Lua scripts of the store: each is read from beside the module that uses it, which is here once it is bundled. */
function scripts(): { path: string; contents: Uint8Array }[] {
  const store = path.join(import.meta.dirname, '../../packages/cart-store/src')
  return readdirSync(store, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.lua'))
    .map((file) => ({
      path: path.join(DIST, path.basename(file)),
      contents: readFileSync(path.join(store, file)),
    }))
}

/** What `/docs` serves of swagger-ui, which is read from beside the module, too: an image has the bundle and no packages. */
function assets(): { path: string; contents: Uint8Array }[] {
  const swagger = path.dirname(createRequire(import.meta.url).resolve('swagger-ui-dist/package.json'))
  return ['swagger-ui.css', 'swagger-ui-bundle.js'].map((name) => ({
    path: path.join(DIST, name),
    contents: readFileSync(path.join(swagger, name)),
  }))
}

/** Whole or not at all, and only where it differs: another process may be starting from the same file. */
function replace(file: string, contents: Uint8Array): void {
  try {
    if (readFileSync(file).equals(contents)) return
  } catch {
    // There is none yet.
  }
  const part = `${file}.${process.pid}`
  writeFileSync(part, contents)
  renameSync(part, file)
}

/**
 * Takes away what earlier builds have left: each change of a chunk adds a file. Not at once, as a process that was
 * started from an earlier build may still load a chunk of it (the AWS SDK loads some at need). So every build sets the
 * time of all that it makes, changed or not, and a file goes when no build has made it for a day.
 */
function clearAway(made: ReadonlySet<string>): void {
  const now = Date.now()
  for (const file of made) utimesSync(file, now / 1000, now / 1000)
  for (const name of readdirSync(DIST)) {
    const file = path.join(DIST, name)
    if (!LEFTOVER.test(name) || made.has(file)) continue
    // Another build may be faster.
    const age = now - (statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? now)
    if (age > LEFT_LYING) rmSync(file, { force: true })
  }
}
