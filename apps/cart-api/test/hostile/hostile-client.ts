import { type Answer, Connection } from './connection.ts'

/** Sends requests one after the other, over one connection as long as the API keeps it open. */
export class HostileClient {
  readonly #url: string
  #connection: Connection | undefined

  constructor(url: string) {
    this.#url = url
  }

  /**
   * @param method of the request: the answer to a HEAD has no body, whatever its length says.
   * @throws when the API closes the connection without an answer, or falls silent.
   */
  async ask(request: Buffer, method?: string): Promise<Answer> {
    this.#connection ??= await Connection.open(this.#url)
    const connection = this.#connection
    // Not waited for: an answer may come before everything has been sent.
    void connection.send(request)
    const answer = await connection.next({ toHead: method === 'HEAD' })
    if (answer === undefined) throw new Error('the connection was closed without an answer')
    if (answer.headers.get('connection') === 'close') this.close()
    return answer
  }

  close(): void {
    this.#connection?.destroy()
    this.#connection = undefined
  }
}
