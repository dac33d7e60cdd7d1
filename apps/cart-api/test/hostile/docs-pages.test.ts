import { type InProcessApi, startInProcess } from '../in-process.ts'

let api: InProcessApi

beforeAll(async () => {
  api = await startInProcess()
})

afterAll(() => api.close())

const PAGES = ['/docs', '/docs/errors']
/** Elements and attributes by which a page loads something or leads somewhere. */
const LINK =
  /<(?<element>script|link|img|iframe|a|form|object|embed|source|base)\b[^>]*?\b(?<attribute>src|href|action|data)="(?<address>[^"]*)"/g

test.each(PAGES)('everything that %s loads is there, under its own address only', async (page) => {
  const { html, links } = await read(page)

  for (const { address } of links) {
    expect(address).toMatch(/^(\/(?!\/)|data:,$|#)/)
    if (address.startsWith('data:') || address.startsWith('#')) continue
    const response = await fetch(api.url + address)
    expect([address, response.status]).toEqual([address, 200])
  }
  expect(html).not.toMatch(/\bhttps?:\/\/|@import|url\(|srcset=/)
})

test.each(PAGES)('the policy of %s lets it load what it loads, and nothing from elsewhere', async (page) => {
  const { policy, links, html } = await read(page)
  const has = (element: string): boolean => links.some((link) => link.element === element)

  expect(policy['default-src']).toEqual(["'none'"])
  expect(
    Object.values(policy)
      .flat()
      .filter((source) => !["'none'", "'self'", "'unsafe-inline'", 'data:'].includes(source)),
  ).toEqual([])
  // The browser refuses an inline script, so the page may not have one; nor handlers, nor `javascript:`.
  expect(policy['script-src'] ?? ["'none'"]).toEqual(
    expect.not.arrayContaining(["'unsafe-inline'", "'unsafe-eval'"]),
  )
  expect(html).not.toMatch(/<script(?![^>]*\bsrc=)|\son[a-z]+=|javascript:/)
  if (has('script')) expect(policy['script-src']).toContain("'self'")
  if (has('link')) expect(policy['style-src']).toContain("'self'")
  if (html.includes('<style')) expect(policy['style-src']).toContain("'unsafe-inline'")
  if (html.includes('href="data:')) expect(policy['img-src']).toContain('data:')
})

test('the page of operations may fetch the document that it shows', async () => {
  const { policy } = await read('/docs')
  const script = await (await fetch(`${api.url}/docs/start.js`)).text()

  expect(policy['connect-src']).toEqual(["'self'"])
  expect(script).toContain("url: '/openapi.json'")
  // Otherwise a badge of swagger.io is loaded.
  expect(script).toContain('validatorUrl: null')
})

test('the styles load nothing from elsewhere', async () => {
  const styles = await (await fetch(`${api.url}/docs/swagger-ui.css`)).text()
  const loaded = [...styles.matchAll(/url\(\s*["']?([^"')]*)|@import\s+["']?([^"';]*)/g)].map(
    ([, a, b]) => a ?? b,
  )

  expect(loaded.filter((address) => !address?.startsWith('data:'))).toEqual([])
})

interface Page {
  readonly html: string
  readonly links: readonly { readonly element: string; readonly address: string }[]
  readonly policy: Readonly<Record<string, readonly string[]>>
}

async function read(page: string): Promise<Page> {
  const response = await fetch(api.url + page)
  const html = await response.text()
  const links = [...html.matchAll(LINK)].map(({ groups = {} }) => ({
    element: groups['element'] ?? '',
    address: groups['address'] ?? '',
  }))
  const directives = (response.headers.get('content-security-policy') ?? '').split(';')
  const policy = Object.fromEntries(
    directives.map((directive) => {
      const [name = '', ...sources] = directive.trim().split(/\s+/)
      return [name, sources]
    }),
  )
  return { html, links, policy }
}
