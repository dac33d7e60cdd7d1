import { allAssumptions, type Line, PRICED_REGION, PRICES_OF, sum } from '@cartwright/infra/cost'
import { total } from '../bill.ts'
import type { Costs } from '../cost.ts'

/** One document for programs: every line, every assumption, US dollars a month. */
export function json({ traffic, bills, savings }: Costs): string {
  return JSON.stringify(
    {
      currency: 'USD',
      pricesOf: { region: PRICED_REGION, ...PRICES_OF },
      requestsPerSecond: traffic,
      environments: bills.map((bill) => ({
        name: bill.name,
        region: bill.region,
        fixed: rounded(sum(bill.fixed)),
        use: rounded(sum(bill.use)),
        total: rounded(total(bill)),
        lines: [...bill.fixed, ...bill.use].map(told),
        unpriced: bill.unpriced,
        beyond: bill.beyond,
      })),
      savings: savings.map(({ way, usd }) => ({
        what: way.what,
        usd: Object.fromEntries([...usd].map(([name, saved]) => [name, rounded(saved)])),
        givesUp: way.givesUp,
      })),
      assumptions: Object.fromEntries(allAssumptions()),
    },
    undefined,
    2,
  )
}

function told(line: Line) {
  return { ...line, quantity: rounded(line.quantity, 4), usd: rounded(line.usd, 4) }
}

function rounded(number: number, digits = 2): number {
  return Number(number.toFixed(digits))
}
