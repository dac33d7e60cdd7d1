import { once } from 'node:events'
import { createInterface } from 'node:readline/promises'
import { DeployProblem } from './problem.ts'

/**
 * Asks on the terminal.
 *
 * @throws {DeployProblem} where the answer is not yes, or nobody is there to give one
 */
export async function ask(question: string): Promise<void> {
  if (!process.stdin.isTTY) throw new DeployProblem('there is no terminal to ask on; wanted: --yes')
  const terminal = createInterface({ input: process.stdin, output: process.stdout })
  try {
    // Ctrl-C ends everything, and the end of the input is no yes.
    terminal.once('SIGINT', () => process.exit(130))
    const nothing = once(terminal, 'close').then(() => '')
    const answer = await Promise.race([terminal.question(`${question} [y/N] `), nothing])
    if (!/^y(es)?$/i.test(answer.trim())) throw new DeployProblem('nothing was changed')
  } finally {
    terminal.close()
  }
}
