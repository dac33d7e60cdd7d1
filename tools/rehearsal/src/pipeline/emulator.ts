import { RehearsalProblem } from '../problem.ts'

/** Tells the emulator what AWS's own services would know. */
export async function tell(endpoint: string, path: string, what: object): Promise<void> {
  const answer = await fetch(endpoint + path, {
    method: 'POST',
    body: JSON.stringify(what),
  })
  if (!answer.ok) throw new RehearsalProblem(`local AWS answers ${answer.status}: ${await answer.text()}`)
}
