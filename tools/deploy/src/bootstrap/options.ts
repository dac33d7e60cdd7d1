import { parseOptions } from '../program.ts'

export interface Options {
  readonly isDestroy: boolean
  readonly isYes: boolean
  /** The id of a lock that nobody holds any more. */
  readonly unlock: string | undefined
}

export const HELP = `npm run bootstrap -- [options]

Makes the state backend, where Terraform keeps the states of all environments of this account: the bucket
<project>-tfstate-<account>-<region> and the lock table. Its own state is in the bucket from the start. Run again it changes
nothing; interrupted, the same command goes on where it ended.

  --destroy       deletes the backend with all versions of all states; refused while any state lists a resource
  --unlock <id>   frees the lock of a run that has ended on another machine; the refusal tells the id
  --yes           asks nothing
  --help          this text
`

/** @throws {BadOptions} */
export function readOptions(args: readonly string[]): Options | 'help' {
  const flag = { type: 'boolean' } as const
  const { values } = parseOptions({
    args: [...args],
    options: { destroy: flag, unlock: { type: 'string' }, yes: flag, help: flag },
  })
  const { destroy, unlock, yes, help } = values
  if (help === true) return 'help'
  return { isDestroy: destroy === true, isYes: yes === true, unlock }
}
