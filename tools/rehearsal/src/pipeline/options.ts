import { BadOptions, parseOptions } from '@cartwright/deploy/program'
import type { Answer } from './player.ts'

export interface Options {
  readonly environment: string
  readonly revision: string | undefined
  readonly answer: Answer
  readonly nodeImage: string | undefined
  readonly isVerbose: boolean
}

export const HELP = `npm run pipeline -- <environment> [options]

Plays the deployed pipeline on the rehearsal of that environment (npm run rehearse -- <environment> --pipeline --keep): reads
pipeline, projects and buildspecs from its AWS, and carries them out with their own roles and their declared variables in a
clean checkout, as a push of a commit would. The commit's image is built, released, tried; what fails is undone. Where the
pipeline asks somebody, it stops, and goes on by --approve.

  --commit <revision>   what is pushed: a commit of this repository (HEAD); what was not committed is not in it
  --approve             goes on with the execution that waits
  --reject              ends it
  --node-image <name>   what images are made on, instead of this machine's Node and its libraries
  --verbose             shows all that builds say
  --help                this text

Ends with 0 where it was released, 1 where it was not, 3 where it waits for an approval.
`

/** @throws {BadOptions} */
export function readOptions(args: readonly string[]): Options | 'help' {
  const { values, positionals } = parse(args)
  if (values.help === true) return 'help'
  const [environment, ...more] = positionals
  if (environment === undefined) throw new BadOptions('no environment is named; wanted: one, such as dev')
  if (more.length > 0) throw new BadOptions(`"${more.join(' ')}" is too much; wanted: one environment`)
  const { approve = false, reject = false, commit } = values
  if (approve && reject) throw new BadOptions('--approve goes on and --reject ends; wanted: one of them')
  if ((approve || reject) && commit !== undefined)
    throw new BadOptions('the execution that waits has its commit; wanted: no --commit')
  return {
    environment,
    revision: commit,
    answer: approve ? 'approve' : reject ? 'reject' : 'wait',
    nodeImage: values['node-image'],
    isVerbose: values.verbose === true,
  }
}

function parse(args: readonly string[]) {
  const flag = { type: 'boolean' } as const
  return parseOptions({
    args: [...args],
    allowPositionals: true,
    options: {
      commit: { type: 'string' },
      approve: flag,
      reject: flag,
      'node-image': { type: 'string' },
      verbose: flag,
      help: flag,
    },
  })
}
