import { Chance } from '@cartwright/test-servers'
import { type EventReceiver, startEventReceiver } from './receiver.ts'

let receiver: EventReceiver
beforeEach(async () => {
  receiver = await startEventReceiver()
})
afterEach(() => receiver.stop())

/** The events of a call. */
function eventsOf(call: number): { id: string }[] {
  return [0, 1, 2].map((index) => ({ id: `${call}.${index}` }))
}

/** Which of a call's events were accepted. */
function acceptedOf(call: number): string[] {
  return receiver.delivered.map(({ id }) => id).filter((id) => id.startsWith(`${call}.`))
}

/** As the product's webhook publisher calls. */
function post(call: number): Promise<Response> {
  const { EVENTS: url } = receiver.environmentFor('sqlite')
  return fetch(String(url), { method: 'POST', body: JSON.stringify({ events: eventsOf(call) }) })
}

interface BusAnswer {
  readonly FailedEntryCount: number
  readonly Entries: readonly { readonly EventId?: string }[]
}

/** As the SDK's PutEvents calls. */
async function put(call: number): Promise<BusAnswer> {
  const { AWS_ENDPOINT_URL_EVENTBRIDGE: url } = receiver.environmentFor('dynamodb')
  const answer = await fetch(String(url), {
    method: 'POST',
    headers: { 'X-Amz-Target': 'AWSEvents.PutEvents' },
    body: JSON.stringify({ Entries: eventsOf(call).map((event) => ({ Detail: JSON.stringify(event) })) }),
  })
  return (await answer.json()) as BusAnswer
}

/** Many calls at once; `undefined` where the answer was lost. */
function manyTimes<Answer>(call: (number: number) => Promise<Answer>): Promise<(Answer | undefined)[]> {
  return Promise.all(Array.from({ length: 40 }, (_, number) => call(number).catch(() => undefined)))
}

test('a webhook call is accepted as a whole', async () => {
  expect((await post(1)).status).toBe(204)

  expect(receiver.delivered).toEqual(eventsOf(1))
})

test('entries for a bus are accepted each with an id', async () => {
  expect(await put(1)).toEqual({
    FailedEntryCount: 0,
    Entries: [{ EventId: '0' }, { EventId: '1' }, { EventId: '2' }],
  })

  expect(receiver.delivered).toEqual(eventsOf(1))
})

test('in trouble a bus accepts the entries that it says, and all or none where it says nothing', async () => {
  receiver.trouble(new Chance(1))

  const answers = await manyTimes(put)

  for (const [call, answer] of answers.entries()) {
    if (answer === undefined) expect([0, 3]).toContain(acceptedOf(call).length)
    else {
      const { Entries, FailedEntryCount } = answer
      const accepted = Entries.flatMap(({ EventId }, index) =>
        EventId === undefined ? [] : [`${call}.${index}`],
      )
      expect(acceptedOf(call)).toEqual(accepted)
      expect(FailedEntryCount).toBe(3 - accepted.length)
    }
  }
  const lost = answers.flatMap((answer, call) => (answer === undefined ? [acceptedOf(call).length] : []))
  expect(new Set(lost)).toEqual(new Set([0, 3]))
  expect(answers.some((answer) => (answer?.FailedEntryCount ?? 0) > 0)).toBe(true)
})

test('in trouble a webhook accepts all of a call or nothing', async () => {
  receiver.trouble(new Chance(2))

  const answers = await manyTimes(post)

  for (const [call, answer] of answers.entries()) {
    if (answer !== undefined) expect(acceptedOf(call)).toHaveLength(answer.status === 204 ? 3 : 0)
  }
  expect(new Set(answers.map((answer) => answer?.status))).toEqual(new Set([204, 503, undefined]))
})
