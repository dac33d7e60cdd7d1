import { hash } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import path from 'node:path'
import type { Express, Request } from 'express'
import { isFresh, parsePrecondition } from '../carts/preconditions.ts'
import { Exchange, type ExchangeOptions, type Outgoing } from '../http/exchange.ts'
import { otherMethods } from '../http/serve.ts'
import { membersOf, PROBLEM_CODES, PROBLEM_DOCS_PATH, PROBLEMS } from '../problems/catalogue.ts'

/** What the documentation pages may load: only what this process serves itself. */
const DOCS_POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

const DOCS_PAGE = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Cartwright cart API</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="/docs/swagger-ui.css">
</head>
<body>
<div id="swagger-ui"></div>
<script src="/docs/swagger-ui-bundle.js"></script>
<script src="/docs/start.js"></script>
</body>
</html>
`

const DOCS_SCRIPT = `SwaggerUIBundle({ url: '/openapi.json', dom_id: '#swagger-ui', deepLinking: true, validatorUrl: null })
`

const JSON_DOCUMENT = { 'Content-Type': 'application/json; charset=utf-8', 'Cache-Control': 'no-cache' }
const PAGE = { 'Content-Security-Policy': DOCS_POLICY, 'Cache-Control': 'no-cache' }
const HTML = { ...PAGE, 'Content-Type': 'text/html; charset=utf-8' }
const SCRIPT = { ...PAGE, 'Content-Type': 'text/javascript; charset=utf-8' }

/** The files of swagger-ui that the page needs; nothing else of the package is served. */
const ASSETS = {
  'swagger-ui.css': 'text/css; charset=utf-8',
  'swagger-ui-bundle.js': 'text/javascript; charset=utf-8',
}

/**
 * Serves the API's documentation from local files: the OpenAPI document and its page, the page of all errors that
 * `type` in a problem links to, and `/` leads there.
 */
export function serveDocs(app: Express, document: unknown, options: ExchangeOptions): void {
  const serve = (address: string, answer: (request: Request) => Outgoing): void => {
    app.get(address, (request, response) => {
      const exchange = new Exchange(request, response, options)
      exchange.route = address
      exchange.reply(answer(request))
    })
    app.all(address, otherMethods(address, 'GET, HEAD, OPTIONS', options))
  }
  const openapi = JSON.stringify(document)
  serve(
    '/openapi.json',
    page(JSON_DOCUMENT, () => openapi),
  )
  serve(
    '/docs',
    page(HTML, () => DOCS_PAGE),
  )
  serve(
    '/docs/start.js',
    page(SCRIPT, () => DOCS_SCRIPT),
  )
  serve(PROBLEM_DOCS_PATH, page(HTML, errorsPage))
  for (const [name, type] of Object.entries(ASSETS)) {
    const headers = { 'Content-Type': type, 'Cache-Control': 'public, max-age=3600' }
    serve(
      `/docs/${name}`,
      page(headers, () => readFileSync(assetFile(name))),
    )
  }
  serve('/', () => ({ status: 302, headers: { Location: '/docs' } }))
}

/** Beside this module once it is bundled (build.ts), in its package until then. */
function assetFile(name: string): string {
  const bundled = path.join(import.meta.dirname, name)
  return existsSync(bundled) ? bundled : createRequire(import.meta.url).resolve(`swagger-ui-dist/${name}`)
}

/**
 * Answers with something that does not change while the process runs: read when it is first asked for, because few
 * processes are ever asked for it, and kept.
 */
function page(headers: Outgoing['headers'], read: () => string | Buffer): (request: Request) => Outgoing {
  let whole: Outgoing | undefined
  return (request) => {
    whole ??= tagged(headers, read())
    const known = parsePrecondition(request.headers['if-none-match'] ?? '')
    const isKnown = known !== undefined && isFresh(known, whole.headers['ETag'] ?? '')
    return isKnown ? { status: 304, headers: whole.headers } : whole
  }
}

function tagged(headers: Outgoing['headers'], body: string | Buffer): Outgoing {
  return { status: 200, headers: { ...headers, ETag: `"${hash('sha256', body, 'base64url')}"` }, body }
}

function errorsPage(): string {
  const sections = PROBLEM_CODES.map((code) => {
    const { status, title, about } = PROBLEMS[code]
    const members = membersOf(code)
      .map((member) => `<code>${member}</code>`)
      .join(', ')
    return `<section id="${code}"><h2><code>${code}</code></h2><p><strong>${status} · ${title}.</strong> ${inline(about)}</p>${members && `<p>Members: ${members}.</p>`}</section>`
  })
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Errors of the Cartwright cart API</title>
<link rel="icon" href="data:,">
<style>
:root { color-scheme: light dark }
body { font: 1rem/1.5 system-ui, sans-serif; max-width: 46rem; margin: 2rem auto; padding: 0 1rem }
h2 { font-size: 1.1rem; margin: 1.6rem 0 0 }
:target { outline: 2px solid; outline-offset: .5rem }
</style>
</head>
<body>
<h1>Errors</h1>
<p>Every error is <code>application/problem+json</code> (RFC 9457); <code>type</code> links here. <a href="/docs">All operations</a>.</p>
${sections.join('\n')}
</body>
</html>
`
}

/** The little Markdown that the catalogue uses: code in backticks. */
function inline(markdown: string): string {
  const escaped = markdown.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
  return escaped.replaceAll(/`([^`]+)`/g, '<code>$1</code>')
}
