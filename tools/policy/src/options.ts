import { BadOptions, parseOptions } from '@cartwright/deploy/program'

export const FORMATS = ['table', 'json', 'sarif'] as const
export type Format = (typeof FORMATS)[number]

export interface Options {
  /** A folder of synthesised stacks. @default the stacks of this repository */
  readonly from: string | undefined
  readonly isComplete: boolean
  /** Whether nothing is accepted. */
  readonly isStrict: boolean
  readonly format: Format
  readonly isVerbose: boolean
}

export const HELP = `npm run policy [-- <options>]

Judges the Terraform configuration of every stack before AWS does: the rules of AWS Foundational Security Best Practices and of
checkov for what the stacks hold, our own on top, and AWS's limits. Needs no account. Ends with 0 where nothing is found, with 1
where something is, or where an accepted exception is not needed any more.

  --complete         with all that a user may give: a domain, an e-mail address and a pipeline in every environment
  --from <folder>    judges what cdktf synth wrote into this folder, instead of this repository's stacks
  --strict           accepts nothing
  --format <format>  ${FORMATS.join(', ')}; table unless given
  --verbose          also what is accepted, each with its reason
  --help             this text

What an environment cannot be deployed without is made up where nobody gave it. Of a folder, what is accepted of this
repository's environments is accepted by their names, whether or not it is needed. The rules, and which of AWS's and checkov's are
not checked here: docs/reference/policy.md.
`

/** @throws {BadOptions} */
export function readOptions(args: readonly string[]): Options | 'help' {
  const { values } = parseOptions({
    args: [...args],
    options: {
      complete: { type: 'boolean' },
      strict: { type: 'boolean' },
      from: { type: 'string' },
      format: { type: 'string' },
      verbose: { type: 'boolean' },
      help: { type: 'boolean' },
    },
  })
  if (values.help === true) return 'help'
  if (values.from !== undefined && values.complete === true)
    throw new BadOptions('--complete and --from are both given; wanted: one of them')
  const format = FORMATS.find((one) => one === (values.format ?? 'table'))
  if (format === undefined)
    throw new BadOptions(`--format is "${values.format}"; wanted: ${FORMATS.join(', ')}`)
  return {
    from: values.from,
    isComplete: values.complete === true,
    isStrict: values.strict === true,
    format,
    isVerbose: values.verbose === true,
  }
}
