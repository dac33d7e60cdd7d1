import type { Environment } from '@cartwright/environments'
import { CHECKOV, FSBP, type PublicRule, publicIdsOf } from '../catalogue/index.ts'
import type { Exception } from '../exception.ts'
import { EXCEPTIONS } from '../exceptions.ts'
import { HELP } from '../options.ts'
import type { Rule } from '../rule.ts'
import { AREAS, type Area, RULES } from '../rules/index.ts'

/** More types than that are counted, not named. */
const NAMED_TYPES = 4

/**
 * The reference page, docs/reference/policy.md.
 *
 * @param environments of the repository, by which exceptions are told
 * @param mutations what becomes of random mutations, as a table
 */
export function policyPage(environments: readonly Environment[], mutations: string): string {
  return `<!-- Made from the tables of tools/policy/src by \`node tools/policy/src/docs/write.ts\`. Change them there. -->

# Policy

\`npm run policy\` holds the Terraform configuration of every stack against ${RULES.length} rules, before AWS sees it. It
needs no account and no Terraform.

- [Running it](#running-it)
- [The rules](#the-rules)
- [AWS Foundational Security Best Practices](#aws-foundational-security-best-practices)
- [checkov](#checkov)
- [What is accepted](#what-is-accepted)
- [Accepting something](#accepting-something)
- [What the rules miss](#what-the-rules-miss)

## Running it

\`\`\`text
${HELP.trimEnd()}
\`\`\`

| exit code | what it says |
|---|---|
| 0 | nothing is found, and every exception is needed |
| 1 | something is found, or an exception is not needed any more |
| 2 | it could not judge: a wrong option, an environment that is not valid, a folder without stacks |

| format | for |
|---|---|
| \`table\` | people: a line for each finding, the gravest first, with the line of our source that makes the resource |
| \`json\` | programs: every rule with the public ids that it stands for (\`also\`), every finding, what is accepted and why |
| \`sarif\` | code hosts, which show findings beside the source: SARIF 2.1.0, accepted findings as suppressed ones |

Whatever any command synthesised can be judged: \`npm run policy -- --from cdktf.out\`.

## The rules

A rule's id is its name for good. The last column says which public rules it stands for, by itself or together with others; a
rule without one is ours: most of those are about what keeps a deploy from working.

${AREAS.map(areaSection).join('\n\n')}

## AWS Foundational Security Best Practices

The controls of Security Hub for the services that the stacks use; with an asterisk those that it does not have:
only other standards of Security Hub do, or none any more. ${countsOf(FSBP)}

${publicTables(FSBP)}

## checkov

The rules of checkov 3.3.13 that look at a type of resource of the stacks. ${countsOf(CHECKOV)}

That checkov itself reads no stack that CDKTF wrote: it ends at \`terraform.required_version\`, which is no block
([#7454](https://github.com/bridgecrewio/checkov/issues/7454)). It also leaves policies and containers that are JSON in JSON
unread, and so passes them. The rules here read them.

${publicTables(CHECKOV)}

## What is accepted

Every breach that somebody decided to live with. \`owner\` is the [field of an environment](../../environments/README.md) that
decides it, or \`design\`: whoever changes that looks here again. What is accepted of some environments is accepted for what their
files say, not for their names: \`stacks\` are those of this repository, as they stand.

${tableOf(
  ['rule', 'where', 'stacks', 'why', 'owner', 'accepted'],
  EXCEPTIONS.map((one) => exceptionRow(one, environments)),
)}

## Accepting something

First see whether it can be mended: a finding names the attribute, the value seen and the value wanted. If not, add an entry to
\`tools/policy/src/exceptions.ts\`, as narrow as it can be said:

\`\`\`ts
{
  rule: 'bucket-versioned',
  at: 'delivery/artifacts/bucket/bucket', // the path of the construct, as the finding tells it
  where: ({ deletionProtection }) => !deletionProtection, // where not everywhere
  breach: 'aws_s3_bucket_versioning', // where not every breach of the rule there
  reason: 'what protects instead, or why nothing has to',
  owner: 'design', // or the field of an environment that decides it
  accepted: '${EXCEPTIONS.map(({ accepted }) => accepted)
    .toSorted()
    .at(-1)}',
}
\`\`\`

then \`npm run docs\` for this page. An exception that nothing needs any more fails the command: it would hide the next breach.

## What the rules miss

A test changes copies of the stacks for the worse, as somebody careless or hostile would, each by one change at a random place,
and holds that \`npm run policy\` ends or that it is known why not.
\`node tools/policy/src/random/main.ts [seed [count]]\` tries others.

${mutations}
`
}

function areaSection({ name, rules }: Area): string {
  const head = ['rule', 'wants', 'severity', 'types', 'public rules']
  return `### ${name}\n\n${tableOf(head, rules.map(ruleRow))}`
}

function ruleRow({ id, wants, severity, types }: Rule): readonly string[] {
  return [`\`${id}\``, wants, severity, typesOf(types), publicIdsOf(id).join(', ')]
}

function typesOf(types: readonly string[]): string {
  if (types.includes('*')) return 'all'
  const named = types.length > NAMED_TYPES ? types.slice(0, NAMED_TYPES - 1) : types
  const rest = types.length - named.length
  return `${named.map((type) => `\`${type}\``).join(', ')}${rest === 0 ? '' : ` and ${rest} more`}`
}

function countsOf(rules: readonly PublicRule[]): string {
  const of = (state: string) => rules.filter((rule) => state in rule).length
  const unseen = of('cannot') === 0 ? '' : ` ${of('cannot')} cannot be seen in a configuration,`
  return `Of ${rules.length}, ${of('checkedBy')} are checked here,${unseen} and ${of('doesNotApply')} are about what is not here.`
}

function publicTables(rules: readonly PublicRule[]): string {
  const checked = rules.flatMap((rule) =>
    'checkedBy' in rule
      ? [[idOf(rule), rule.title, rule.checkedBy.map((id) => `\`${id}\``).join(', '), rule.note ?? '']]
      : [],
  )
  const others = rules.flatMap((rule): readonly (readonly string[])[] => {
    if ('cannot' in rule) return [[idOf(rule), rule.title, 'cannot be checked', rule.cannot]]
    return 'doesNotApply' in rule ? [[idOf(rule), rule.title, 'does not apply', rule.doesNotApply]] : []
  })
  return [
    tableOf(['rule', 'title', 'checked by', 'different here'], checked),
    'Not checked:',
    tableOf(['rule', 'title', '', 'why'], others),
  ].join('\n\n')
}

function idOf({ id, elsewhere }: PublicRule): string {
  return elsewhere === true ? `${id}\\*` : id
}

function exceptionRow(exception: Exception, environments: readonly Environment[]): readonly string[] {
  const { rule, at, breach, where, reason, owner, accepted } = exception
  const stacks =
    where === undefined
      ? 'all'
      : environments
          .filter(where)
          .map(({ name }) => name)
          .join(', ')
  return [
    `\`${rule}\``,
    `\`${at}\`${breach === undefined ? '' : `: ${breach}`}`,
    stacks,
    reason,
    owner === 'design' ? owner : `\`${owner}\``,
    accepted,
  ]
}

function tableOf(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return [head, head.map(() => '---'), ...rows.map((row) => row.map(escaped))]
    .map((cells) => `| ${cells.join(' | ')} |`)
    .join('\n')
}

/** What would end a cell, or be taken for an element of HTML. */
function escaped(cell: string): string {
  return cell.replaceAll('|', String.raw`\|`).replaceAll('<', '&lt;')
}
