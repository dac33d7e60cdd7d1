import { CURRENCY_PATTERN, money, sameMoney } from './money.ts'

test('amounts are the same only in the same currency', () => {
  expect(sameMoney(money(100, 'EUR'), money(100, 'EUR'))).toBe(true)
  expect(sameMoney(money(100, 'EUR'), money(101, 'EUR'))).toBe(false)
  expect(sameMoney(money(100, 'EUR'), money(100, 'USD'))).toBe(false)
})

test('a currency code is three capital letters', () => {
  const pattern = new RegExp(CURRENCY_PATTERN)

  expect(['EUR', 'JPY'].every((code) => pattern.test(code))).toBe(true)
  expect(['eur', 'EU', 'EURO', 'EUR\n', '€'].some((code) => pattern.test(code))).toBe(false)
})
