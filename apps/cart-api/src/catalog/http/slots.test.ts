import { Slots } from './slots.ts'

/** Work that runs until it is told to end. */
function endless() {
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  return { work: () => promise, end: resolve, fail: reject }
}

test('no more run at a time than there are slots, and those who wait start in their order', async () => {
  const slots = new Slots(2, 100)
  const order: number[] = []
  let running = 0
  let most = 0

  await Promise.all(
    Array.from({ length: 20 }, (_, index) =>
      slots.run(async () => {
        order.push(index)
        most = Math.max(most, ++running)
        await new Promise(setImmediate)
        running--
      }),
    ),
  )

  expect(most).toBe(2)
  expect(order).toEqual(Array.from({ length: 20 }, (_, index) => index))
  expect(slots.free).toBe(2)
})

test('work that fails gives its slot back', async () => {
  const slots = new Slots(1, 1)
  const first = endless()
  const failed = expect(slots.run(first.work)).rejects.toThrow('broken')
  const second = slots.run(async () => 'served')

  first.fail(new Error('broken'))

  await failed
  await expect(second).resolves.toBe('served')
  expect(slots.free).toBe(1)
})

test('who comes when too many wait is sent away, and nobody else', async () => {
  const slots = new Slots(1, 1)
  const first = endless()
  const running = slots.run(first.work)
  const waiting = slots.run(async () => 'served')

  await expect(slots.run(async () => 'too many')).rejects.toThrow('1 requests wait already')
  first.end()

  await running
  await expect(waiting).resolves.toBe('served')
  await expect(slots.run(async () => 'room again')).resolves.toBe('room again')
})
