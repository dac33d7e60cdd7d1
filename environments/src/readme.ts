import { FIELDS } from './fields.ts'
import type { Field } from './kinds.ts'

const BEGIN = '<!-- Made from src/fields.ts by `node environments/src/write-readme.ts`. Change it there. -->'

/** The page with a fresh table of all fields behind its mark. */
export function withFields(page: string): string {
  const [head] = page.split(BEGIN)
  return `${head}${BEGIN}\n\n| field | what it decides | value | where a file is silent |\n|---|---|---|---|\n${rows()}\n`
}

function rows(): string {
  return Object.entries<Field<unknown>>(FIELDS)
    .map(
      ([name, field]) => `| \`${name}\` | ${cell(field.about)} | ${cell(field.wanted)} | ${silence(field)} |`,
    )
    .join('\n')
}

function silence(field: Field<unknown>): string {
  if (field.yours) return 'open; a variable may give it'
  return 'fallback' in field ? `\`${JSON.stringify(field.fallback)}\`` : 'not allowed'
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|')
}
