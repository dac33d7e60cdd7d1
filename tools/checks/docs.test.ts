import { existsSync, globSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { HELP as BOOTSTRAP } from '../deploy/src/bootstrap/options.ts'
import { HELPS } from '../deploy/src/environment/options.ts'
import { HELP as ROTATE } from '../deploy/src/rotate/options.ts'
import type { SETTINGS } from '../local-aws/src/settings.ts'
import { WRITERS } from './writers.ts'

const root = path.resolve(import.meta.dirname, '../..')
const pages = globSync(['README.md', 'docs/**/*.md'], { cwd: root })
const read = (file: string): string => readFileSync(path.join(root, file), 'utf8')

test.each(pages)('every relative link of %s leads to a file, and to a heading of it', (page) => {
  const broken = linksOf(page).filter(({ file, anchor }) => {
    if (!existsSync(path.join(root, file))) return true
    return anchor !== undefined && !anchorsOf(read(file)).has(anchor)
  })

  expect(broken.map(({ target }) => target)).toEqual([])
})

test('every page is found from docs/README.md', () => {
  const linked = new Set(linksOf('docs/README.md').map(({ file }) => file))

  expect(pages.filter((page) => page.startsWith('docs/') && !linked.has(page))).toEqual(['docs/README.md'])
})

test.each(pages)('every file of this repository that %s names is there', (page) => {
  const named = [...read(page).matchAll(/`((?:apps|docs|environments|infra|packages|tools)\/[\w./@-]+)`/g)]

  expect(named.map(([, file]) => String(file)).filter((file) => !existsSync(path.join(root, file)))).toEqual(
    [],
  )
})

test.each(pages)('the commands of %s work with the curl of older systems', (page) => {
  // It came with curl 7.82, in 2022.
  expect(blocksOf(read(page)).filter((block) => /\bcurl\b.*--json/.test(block))).toEqual([])
})

describe('docs/reference/dependencies.md', () => {
  const [atRunTime, forDevelopment] = read('docs/reference/dependencies.md')
    .split(/^## /m)
    .slice(1)
    .map(packagesIn)
  const manifests = globSync('package.json', { cwd: root })
    .concat(
      globSync(['{apps,packages,tools}/*/package.json', '{environments,infra}/package.json'], { cwd: root }),
    )
    .map((file) => ({ file, ...(JSON.parse(read(file)) as Manifest) }))
  /** Rows that no manifest holds, each with the reason. */
  const beyondManifests = [
    'node:sqlite', // comes with Node
    'pnpm', // installs what manifests hold; the root's `packageManager` pins it
  ]

  test('has a row for every dependency of what runs, and no other', () => {
    const needed = manifests
      .filter(({ file }) => /^(apps|packages)\//.test(file))
      .flatMap(({ dependencies }) => foreign(dependencies))

    expect(without(atRunTime, beyondManifests)).toEqual(sorted(needed))
  })

  test('has a row for every other dependency, and no other', () => {
    const needed = manifests.flatMap((manifest) =>
      KINDS.flatMap((kind) => foreign(manifest[kind]).map(asRow)),
    )

    expect(without(forDevelopment, beyondManifests)).toEqual(without(needed, atRunTime))
  })
})

describe('docs/reference/deploying.md', () => {
  const page = read('docs/reference/deploying.md')
  const helps = { ...HELPS, bootstrap: BOOTSTRAP, rotate: ROTATE }

  test.each(Object.entries(helps))('tells every option of npm run %s, and no other', (command, help) => {
    const [, section = ''] = page.split(`### \`npm run ${command}\``)
    const [table = ''] = section.split(/^##/m)

    expect([...table.matchAll(/^\| `(--.*?)` \|/gm)].map(([, option]) => option).toSorted()).toEqual(
      [...help.matchAll(/^ {2}(--\S+(?: <\w+>)?) /gm)].map(([, option]) => option).toSorted(),
    )
  })

  test('tells every variable that the commands read, and no other', () => {
    const sources = globSync(['{environments,infra,tools/deploy}/src/**/*.ts'], { cwd: root })
    const found = sources
      .filter((file) => !file.endsWith('.test.ts'))
      .flatMap((file) => [...read(file).matchAll(/(?:env\[|_VARIABLE = )'((?:CARTWRIGHT|CDKTF)_\w+)'/g)])
      .map(([, name]) => String(name))
    const [, table = ''] = page.split('## Variables')
    const told = [...table.matchAll(/^\| `((?:CARTWRIGHT|CDKTF)_\w+)` \|/gm)].map(([, name]) => String(name))
    // What finds programs is also read for the AWS on this machine, whose other variables stand in its own page.
    const shared = ['CARTWRIGHT_TERRAFORM', 'CARTWRIGHT_PROVIDER_MIRROR'] satisfies (keyof typeof SETTINGS)[]

    expect(sorted(told)).toEqual(sorted([...found, ...shared]))
  })
})

test('npm run docs runs everything that writes pages', () => {
  const writers = globSync(
    ['{apps,packages,tools}/*/src/**/write{,-*}.ts', '{environments,infra}/src/**/write{,-*}.ts'],
    {
      cwd: root,
    },
  )

  expect(writers.toSorted()).toEqual([...WRITERS])
})

const KINDS = ['dependencies', 'devDependencies', 'optionalDependencies', 'peerDependencies'] as const
type Manifest = { readonly [Kind in (typeof KINDS)[number]]?: Readonly<Record<string, string>> }

/** The names of those that are not packages of this workspace. */
function foreign(dependencies: Readonly<Record<string, string>> = {}): string[] {
  return Object.entries(dependencies).flatMap(([name, version]) =>
    version.startsWith('workspace:') ? [] : [name],
  )
}

/** Types of packages share one row. */
function asRow(name: string): string {
  return name.startsWith('@types/') ? '@types/*' : name
}

/** What the first cells of the section's table name. */
function packagesIn(section: string): string[] {
  const cells = [...section.matchAll(/^\|([^|]*)\|/gm)].map(([, cell]) => cell ?? '')
  return cells.flatMap((cell) => [...cell.matchAll(/`([^`]+)`/g)].map(([, name]) => String(name)))
}

function sorted(names: readonly string[]): string[] {
  return [...new Set(names)].toSorted()
}

function without(names: readonly string[] = [], others: readonly string[] = []): string[] {
  return sorted(names.filter((name) => !others.includes(name)))
}

interface Link {
  readonly target: string
  /** From the root of the repository. */
  readonly file: string
  readonly anchor: string | undefined
}

/** The links and images of a page that lead into this repository. */
function linksOf(page: string): Link[] {
  const prose = read(page)
    .replaceAll(/^```.*?^```/gms, '')
    .replaceAll(/`[^`\n]*`/g, '')
  return [...prose.matchAll(/\]\(([^)\s]+)\)/g)].flatMap(([, target = '']) => {
    if (/^[a-z][a-z0-9+.-]*:/i.test(target)) return []
    const [address = '', anchor] = target.split('#')
    const file = address === '' ? page : path.join(path.dirname(page), address)
    return [{ target, file, anchor }]
  })
}

/** The anchors that GitHub gives to the headings of a page. */
function anchorsOf(markdown: string): ReadonlySet<string> {
  const taken = new Map<string, number>()
  const headings = [...markdown.replaceAll(/^```.*?^```/gms, '').matchAll(/^#{1,6} +(.+)$/gm)]
  return new Set(
    headings.map(([, heading = '']) => {
      const shown = heading.replaceAll(/\[([^\]]*)\]\([^)]*\)/g, '$1').trim()
      const slug = shown
        .toLowerCase()
        .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
        .replaceAll(/\s/g, '-')
      const before = taken.get(slug) ?? 0
      taken.set(slug, before + 1)
      return before === 0 ? slug : `${slug}-${before}`
    }),
  )
}

/** The contents of the page's code blocks. */
function blocksOf(markdown: string): string[] {
  return [...markdown.matchAll(/^```\w*\n(.*?)^```/gms)].map(([, block]) => String(block))
}
