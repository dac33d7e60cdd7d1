import { setTimeout as sleep } from 'node:timers/promises'
import type { CartId } from '@cartwright/cart-domain'
import { NoTurn, Turns } from './turns.ts'

const cart = (id: string): CartId => id as CartId
const soon = (): number => performance.now() + 5_000

test('the changes of one cart go one after the other, first come, first served', async () => {
  const turns = new Turns()
  const seen: string[] = []
  const work = (name: string) => async () => {
    seen.push(`${name} begins`)
    await sleep(1)
    seen.push(`${name} ends`)
  }

  await Promise.all(['a', 'b', 'c'].map((name) => turns.take([cart('x')], soon(), work(name))))

  expect(seen).toEqual(['a begins', 'a ends', 'b begins', 'b ends', 'c begins', 'c ends'])
})

test('changes of different carts do not wait for each other', async () => {
  const turns = new Turns()
  let release = (): void => undefined
  const blocked = turns.take([cart('x')], soon(), () => new Promise<void>((resolve) => (release = resolve)))

  await turns.take([cart('y')], soon(), async () => undefined)

  release()
  await blocked
})

test('pairs taken in opposite orders do not wait for each other for ever', async () => {
  const turns = new Turns()
  let done = 0
  const work = async (): Promise<void> => {
    await sleep(0)
    done++
  }

  await Promise.all(
    Array.from({ length: 100 }, (_, i) =>
      turns.take(i % 2 === 0 ? [cart('x'), cart('y')] : [cart('y'), cart('x')], soon(), work),
    ),
  )

  expect(done).toBe(100)
})

test('whoever waits too long is told so, does no work, and holds nobody up', async () => {
  const turns = new Turns()
  let release = (): void => undefined
  const holder = turns.take([cart('x')], soon(), () => new Promise<void>((resolve) => (release = resolve)))
  const late = jest.fn(async () => undefined)

  await expect(turns.take([cart('x')], performance.now() + 10, late)).rejects.toThrow(NoTurn)
  const next = turns.take([cart('x')], soon(), async () => 'served')
  release()

  await holder
  await expect(next).resolves.toBe('served')
  expect(late).not.toHaveBeenCalled()
})

test('a work that fails gives its turn back', async () => {
  const turns = new Turns()

  await expect(turns.take([cart('x')], soon(), () => Promise.reject(new Error('no')))).rejects.toThrow('no')

  await expect(turns.take([cart('x')], soon(), async () => 'served')).resolves.toBe('served')
})
