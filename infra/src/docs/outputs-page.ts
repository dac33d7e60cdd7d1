import { allOutputs } from '../stacks/outputs.ts'

/** The reference page, docs/reference/outputs.md. */
export function outputsPage(): string {
  return `<!-- Made from infra/src/stacks/outputs.ts by \`node infra/src/docs/write.ts\`. Change it there. -->

# Outputs

What a deployed stack tells people and other tools. \`npm run deploy\` ends with those of the environment; afterwards

    npm run output -- dev
    npm run -s output -- dev alb_url
    npm run -s output -- dev --json

tell all of them, one alone and ready for a shell, or JSON. They come from the state: AWS is not asked. No output is a secret.

| output | what it tells | for example | who asks | where |
|---|---|---|---|---|
${allOutputs()
  .map(
    ([name, { about, example, usedBy, where = 'every environment' }]) =>
      `| \`${name}\` | ${about} | \`${example}\` | ${usedBy} | ${where} |`,
  )
  .join('\n')}
`
}
