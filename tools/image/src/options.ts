import { parseArgs } from 'node:util'

export type Options =
  | { readonly command: 'context'; readonly folder: string }
  | {
      readonly command: 'build'
      readonly repository: string
      /** What it is tagged with. @default the commit */
      readonly tag: string | undefined
      /** `own`: this machine's Node. @default the Dockerfile's */
      readonly nodeImage: string | undefined
    }

export const HELP = `npm run image [-- options]

Builds the cart API's image of the sources as they are, by Docker or, where none runs, by buildah (as root).

  --repository <name>   what it is called (cartwright/cart-api)
  --tag <tag>           its tag, which /metadata tells as the release (the commit)
  --node-image <name>   what it is made on, instead of the Dockerfile's: a mirror, a digest, or
                        own: this machine's Node and its libraries, where no registry can be reached
  --context <folder>    only fills this folder with what the Dockerfile copies, for another builder:
                        docker build --file apps/cart-api/Dockerfile --build-arg RELEASE=<commit> <folder>
  --help                this text
`

/** The command line cannot be used; the message says what is wanted. */
export class BadOptions extends Error {}

/** What a tag is made of (OCI distribution specification). */
const TAG = /^\w[\w.-]{0,127}$/
const REPOSITORY = /^[a-z\d]+([._/:-]+[a-z\d]+)*$/

/** @throws {BadOptions} */
export function readOptions(args: readonly string[]): Options | 'help' {
  const { values, positionals } = parse(args)
  if (values.help === true) return 'help'
  if (positionals.length > 0) throw new BadOptions(`"${positionals.join(' ')}" is too much; wanted: options`)
  const { context, tag, repository = 'cartwright/cart-api' } = values
  if (context !== undefined) {
    if (context === '' || Object.keys(values).length > 1)
      throw new BadOptions(`--context stands alone, with a folder; got "${args.join(' ')}"`)
    return { command: 'context', folder: context }
  }
  if (tag !== undefined && !TAG.test(tag))
    throw new BadOptions(
      `--tag is "${tag}"; wanted: at most 128 letters, digits, dots, underlines and hyphens`,
    )
  if (!REPOSITORY.test(repository))
    throw new BadOptions(`--repository is "${repository}"; wanted: one like cartwright/cart-api`)
  return { command: 'build', repository, tag, nodeImage: values['node-image'] }
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        repository: { type: 'string' },
        tag: { type: 'string' },
        'node-image': { type: 'string' },
        context: { type: 'string' },
        help: { type: 'boolean' },
      },
    })
  } catch (error) {
    throw new BadOptions(error instanceof Error ? error.message : String(error))
  }
}
