import type { CloudWatchLogs } from '@aws-sdk/client-cloudwatch-logs'

/** How often lines are sent, in milliseconds, and how many at once (CloudWatch: 10,000 events). */
const PAUSE = 1_000
const AT_ONCE = 1_000

/** What a build says, in its project's log group, written by its project's role. */
export class BuildLog {
  readonly group: string
  readonly stream: string
  readonly #logs: CloudWatchLogs
  readonly #waiting: { readonly timestamp: number; readonly message: string }[] = []
  #sending: Promise<void> = Promise.resolve()
  #timer: NodeJS.Timeout | undefined

  /** @throws what AWS says where the role may not write it */
  static async open(logs: CloudWatchLogs, group: string, stream: string): Promise<BuildLog> {
    await logs.createLogStream({ logGroupName: group, logStreamName: stream })
    return new BuildLog(logs, group, stream)
  }

  private constructor(logs: CloudWatchLogs, group: string, stream: string) {
    this.#logs = logs
    this.group = group
    this.stream = stream
  }

  write(message: string): void {
    // CloudWatch takes no empty line.
    this.#waiting.push({ timestamp: Date.now(), message: message === '' ? ' ' : message })
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined
      this.#sending = this.#sending.then(() => this.#send())
      // Who closes it is told.
      this.#sending.catch(() => undefined)
    }, PAUSE)
  }

  /** Resolves when everything is there. */
  async close(): Promise<void> {
    clearTimeout(this.#timer)
    await this.#sending.then(() => this.#send())
  }

  async #send(): Promise<void> {
    while (this.#waiting.length > 0) {
      const logEvents = this.#waiting.splice(0, AT_ONCE)
      await this.#logs.putLogEvents({ logGroupName: this.group, logStreamName: this.stream, logEvents })
    }
  }
}
