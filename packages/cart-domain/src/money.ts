/** An ISO 4217 currency code, such as `EUR`. */
export type Currency = string

/** An amount in the currency's minor units (cents), always an integer; never a float. */
export interface Money {
  readonly amount: number
  readonly currency: Currency
}

/** What a currency code looks like (ISO 4217: three capital letters). */
export const CURRENCY_PATTERN = '^[A-Z]{3}$'

/** An amount of minor units with its currency. */
export function money(amount: number, currency: Currency): Money {
  return { amount, currency }
}

/** Whether two amounts are the same, currency included. */
export function sameMoney(a: Money, b: Money): boolean {
  return a.amount === b.amount && a.currency === b.currency
}
