import type { Tell } from '@cartwright/deploy/tell'

export interface Talk {
  readonly tell: Tell
  /** Ends with a throw where the user does not want it. */
  readonly agree: (question: string) => Promise<void>
  /** Says how an environment is reached, and which sources are meant. */
  readonly env: NodeJS.ProcessEnv
  /** Ended by Ctrl-C, once something can be undone. */
  readonly signal: AbortSignal
  /** Told when there is something that Ctrl-C is to undo, and when there is nothing any more. */
  readonly undoable: <Result>(work: Promise<Result>) => Promise<Result>
  /** Between two looks at ECS, in milliseconds. @default 2000 */
  readonly interval?: number
}
