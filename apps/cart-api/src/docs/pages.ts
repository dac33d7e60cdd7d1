import { createRequire } from 'node:module'
import path from 'node:path'
import type { Express, RequestHandler } from 'express'
import type { ExchangeOptions } from '../http/exchange.ts'
import { otherMethods } from '../http/serve.ts'
import { PROBLEM_CODES, PROBLEM_DOCS_PATH, PROBLEMS } from '../problems/catalogue.ts'

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

/** The files of swagger-ui that the page needs; nothing else of the package is served. */
const ASSETS = ['swagger-ui.css', 'swagger-ui-bundle.js']

/**
 * Serves the API's documentation from local files: the OpenAPI document and its page, the page of all errors that
 * `type` in a problem links to, and `/` leads there.
 */
export function serveDocs(app: Express, document: unknown, exchange: ExchangeOptions): void {
  const serve = (address: string, answer: RequestHandler): void => {
    app.get(address, answer)
    app.all(address, otherMethods(address, 'GET, HEAD, OPTIONS', exchange))
  }
  const page = (address: string, type: string, content: string): void => {
    serve(address, (_request, response) => {
      response.type(type).set({ 'Content-Security-Policy': DOCS_POLICY, 'Cache-Control': 'no-cache' })
      response.send(content)
    })
  }
  const openapi = JSON.stringify(document)
  serve('/openapi.json', (_request, response) => {
    response.type('json').set('Cache-Control', 'no-cache').send(openapi)
  })
  page('/docs', 'html', DOCS_PAGE)
  page('/docs/start.js', 'js', DOCS_SCRIPT)
  page(PROBLEM_DOCS_PATH, 'html', errorsPage())
  const swaggerFolder = path.dirname(createRequire(import.meta.url).resolve('swagger-ui-dist/package.json'))
  for (const asset of ASSETS) {
    serve(`/docs/${asset}`, (_request, response) => {
      response.sendFile(asset, { root: swaggerFolder, maxAge: '1h' })
    })
  }
  serve('/', (_request, response) => response.redirect(302, '/docs'))
}

function errorsPage(): string {
  const sections = PROBLEM_CODES.map((code) => {
    const { status, title, about } = PROBLEMS[code]
    return `<section id="${code}"><h2><code>${code}</code></h2><p><strong>${status} · ${title}.</strong> ${inline(about)}</p></section>`
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
