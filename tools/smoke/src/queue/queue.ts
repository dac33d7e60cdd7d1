import type { SQSClientConfig } from '@aws-sdk/client-sqs'
import { regionIn } from './region.ts'

export interface AwsCredentials {
  readonly accessKeyId: string
  readonly secretAccessKey: string
  readonly sessionToken?: string
}

export interface QueueOptions {
  readonly url: string
  /** @default `AWS_ENDPOINT_URL_SQS`, `AWS_ENDPOINT_URL`, the URL's own host */
  readonly endpoint?: string | undefined
  /** @default what the URL names, else as the AWS SDKs find it */
  readonly region?: string | undefined
  /** @default as the AWS SDKs find them */
  readonly credentials?: AwsCredentials | undefined
  /** How long the event may take, in seconds. @default 30 */
  readonly patience?: number | undefined
}

export interface Message {
  readonly body: string
  /** What names this receipt of it. */
  readonly receipt: string
}

/** What is needed of a queue to look for a message of one's own. */
export interface Queue {
  /**
   * @param wait for a first message, in seconds
   * @param hiddenFor how long nobody else gets what was received, in seconds
   */
  receive(wait: number, hiddenFor: number): Promise<readonly Message[]>
  remove(message: Message): Promise<void>
  /** Everybody can receive them again at once. */
  putBack(messages: readonly Message[]): Promise<void>
  close(): void
}

/** The most that one request takes or gives back. */
const BATCH = 10
/** The longest that SQS waits for a message, in seconds. */
const LONGEST_WAIT = 20
/** How long a request may take beyond what it waits, in seconds. */
const TIMEOUT = 10

export async function openQueue(options: QueueOptions): Promise<Queue> {
  // Loaded only where a queue is to be looked into.
  const { SQS } = await import('@aws-sdk/client-sqs')
  const sqs = new SQS(configurationFor(options))
  const QueueUrl = options.url
  const within = (seconds: number) => ({ abortSignal: AbortSignal.timeout(seconds * 1000) })
  return {
    receive: async (wait, hiddenFor) => {
      const WaitTimeSeconds = Math.min(LONGEST_WAIT, Math.ceil(wait))
      const VisibilityTimeout = Math.ceil(hiddenFor)
      const { Messages = [] } = await sqs.receiveMessage(
        { QueueUrl, MaxNumberOfMessages: BATCH, WaitTimeSeconds, VisibilityTimeout },
        within(WaitTimeSeconds + TIMEOUT),
      )
      return Messages.map(({ Body = '', ReceiptHandle = '' }) => ({ body: Body, receipt: ReceiptHandle }))
    },
    remove: async ({ receipt }) => {
      await sqs.deleteMessage({ QueueUrl, ReceiptHandle: receipt }, within(TIMEOUT))
    },
    putBack: async (messages) => {
      for (let from = 0; from < messages.length; from += BATCH) {
        const Entries = messages.slice(from, from + BATCH).map(({ receipt }, index) => ({
          Id: String(index),
          ReceiptHandle: receipt,
          VisibilityTimeout: 0,
        }))
        await sqs.changeMessageVisibilityBatch({ QueueUrl, Entries }, within(TIMEOUT))
      }
    },
    close: () => sqs.destroy(),
  }
}

function configurationFor({ url, endpoint, region, credentials }: QueueOptions): SQSClientConfig {
  const { AWS_ENDPOINT_URL_SQS, AWS_ENDPOINT_URL } = process.env
  const place = region ?? regionIn(url)
  return {
    // Named in any case: the SDK prefers the URL's host to the variables.
    endpoint: endpoint ?? (AWS_ENDPOINT_URL_SQS || AWS_ENDPOINT_URL || new URL(url).origin),
    ...(place === undefined ? {} : { region: place }),
    ...(credentials === undefined ? {} : { credentials }),
  }
}
