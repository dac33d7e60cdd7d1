import { membersOf, PROBLEM_CODES, PROBLEMS } from '../problems/catalogue.ts'
import type { Setting } from '../settings/kinds.ts'
import { SETTINGS } from '../settings/settings.ts'
import { eventSchemaFiles } from './event-schemas.ts'
import { eventsPage } from './events-page.ts'

/** A file of `docs/reference` that is made from a table of the code. */
export interface ReferencePage {
  /** Below `docs/reference`. */
  readonly file: string
  readonly text: string
}

/** The files as they have to be; `npm run docs` writes them, and a test holds them to it. */
export function referencePages(): ReferencePage[] {
  return [
    { file: 'settings.md', text: settingsPage() },
    { file: 'errors.md', text: errorsPage() },
    { file: 'events.md', text: MADE_FROM('apps/cart-api/src/docs/events-page.ts') + eventsPage() },
    ...eventSchemaFiles().map(({ file, schema }) => ({
      file: `events/${file}`,
      text: `${JSON.stringify(schema, undefined, 2)}\n`,
    })),
  ]
}

const MADE_FROM = (source: string): string =>
  `<!-- Made from ${source} by \`npm run docs\`. Change it there. -->\n\n`

function settingsPage(): string {
  const rows = Object.values<Setting<unknown>>(SETTINGS).map(
    ({ name, about, fallback, wanted }) =>
      `| \`${name}\` | ${shownDefault(fallback)} | ${about} | ${wanted.replaceAll('|', '\\|')} |`,
  )
  return `${MADE_FROM('apps/cart-api/src/settings/settings.ts')}# Settings

The cart API reads its settings from environment variables, once, at start. An empty value counts as not given, one
with blanks around it is refused. A bad one stops the start: a line for each names the setting, the value seen (without
what may be a password) and what is wanted, and the exit code is 1. \`PORT=9090 npm start\` sets one for a local run.

One more variable is read, which the platform sets: \`ECS_CONTAINER_METADATA_URI_V4\` (which task and zone
this is, told by \`GET /metadata\`).

| setting | default | what it decides | values |
|---|---|---|---|
${rows.join('\n')}

## Rules between settings

- \`STORE=dynamodb\` needs \`TABLE_NAME\`, \`STORE=redis\` needs \`REDIS_URL\`, \`STORE=cached\` needs both.
- \`IDENTITY=jwt\` needs \`JWT_ISSUER\`, \`JWT_AUDIENCE\` and \`JWT_JWKS_URL\`.
- A \`DEPLOYMENT\` whose name begins with \`prod\` (\`prod\`, \`production\`, \`prod-eu\`) starts with \`IDENTITY=jwt\` only,
  unless \`ALLOW_INSECURE_IDENTITY=true\`.
`
}

function shownDefault(fallback: string | undefined): string {
  if (fallback === undefined) return 'not set'
  return fallback === '' ? 'empty' : `\`${fallback}\``
}

function errorsPage(): string {
  const sections = PROBLEM_CODES.map((code) => {
    const { status, title, about } = PROBLEMS[code]
    const members = membersOf(code)
      .map((member) => `\`${member}\``)
      .join(', ')
    return `## ${code}\n\n**${status} · ${title}.** ${about}\n${members && `\nMembers: ${members}.\n`}`
  })
  return `${MADE_FROM('apps/cart-api/src/problems/catalogue.ts')}# Errors

Every error is \`application/problem+json\` (RFC 9457). \`code\` is what programs decide on and never changes its
meaning; \`type\` links to the paragraph below, which a running API serves at \`/docs/errors\`; \`detail\` is for people;
\`instance\` holds the \`X-Request-ID\` of the log line. Answers with status 503, and 409 \`request-in-progress\`, carry
\`Retry-After\` in seconds. Further members belong to the code and are listed with it, those that may be absent with a
question mark; \`errors\` of a refused list of actions names the action.

\`\`\`json
{
  "type": "/docs/errors#quantity-limit-exceeded",
  "title": "The line holds too many pieces",
  "status": 409,
  "detail": "the line would hold 104 pieces; the limit is 99",
  "instance": "urn:request:9c1a0f27-b201-4604-9f42-9be0127eb210",
  "code": "quantity-limit-exceeded",
  "line": { "productId": "pour-over-dripper" },
  "limit": 99,
  "asked": 104
}
\`\`\`

${sections.join('\n')}`
}
