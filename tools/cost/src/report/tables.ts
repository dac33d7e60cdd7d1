import { ASSUMPTIONS, allAssumptions, type Line, PRICED_REGION, PRICES_OF, sum } from '@cartwright/infra/cost'
import { type Bill, dearest, partOf, total } from '../bill.ts'
import type { Costs } from '../cost.ts'
import type { Saving } from '../savings.ts'
import { aligned, money } from './columns.ts'

/**
 * What people read.
 *
 * @param isVerbose also every line and every assumption
 */
export function tables({ traffic, bills, savings }: Costs, isVerbose = false): string {
  const changes = ASSUMPTIONS.changeShare.value * 100
  return [
    `US dollars a month, on demand, at the list prices of ${PRICED_REGION} of ${PRICES_OF.from} to ${PRICES_OF.to}; without free tier, support and tax.`,
    `730 hours; ${traffic} requests a second in each environment, ${changes} % of them changes; a release is running.`,
    ...bills.flatMap(warnings),
    '',
    ...aligned(partsTable(bills)),
    ...bills.flatMap((bill) => [
      '',
      `The dearest of ${bill.name}`,
      ...aligned(dearest(bill).map(lineCells), '  '),
    ]),
    ...(savings.length === 0
      ? []
      : ['', 'What could be saved, each by itself, and what that gives up', ...savingLines(savings, bills)]),
    ...(isVerbose
      ? [
          ...bills.flatMap((bill) => [
            '',
            `Everything that costs in ${bill.name}`,
            ...aligned([...bill.fixed, ...bill.use].map(everyCell), '  '),
          ]),
          '',
          'What is assumed',
          ...aligned(
            allAssumptions().map(([, { value, unit, about }]) => [String(value), unit, about]),
            '  ',
          ),
        ]
      : []),
  ].join('\n')
}

function warnings({ name, region, unpriced, beyond }: Bill): string[] {
  return [
    ...(region === PRICED_REGION
      ? []
      : [`${name} is in ${region}: its prices differ from these, which are Ireland's (${PRICED_REGION}).`]),
    ...unpriced.map(({ address, reason }) => `${name}: ${address} is not counted: ${reason}`),
    ...beyond.map((sentence) => `${name}: ${sentence}.`),
  ]
}

/** A row for each part of the stacks, with both kinds of costs of every environment. */
export function partsTable(bills: readonly Bill[]): readonly (readonly string[])[] {
  const parts = [...new Set(bills.flatMap(({ fixed, use }) => [...fixed, ...use].map(partOf)))]
  const of = (lines: readonly Line[], part: string): Line[] => lines.filter((line) => partOf(line) === part)
  const weight = (part: string): number =>
    Math.max(...bills.map((bill) => sum(of([...bill.fixed, ...bill.use], part))))
  return [
    ['', ...bills.flatMap(({ name }) => [`${name} fixed`, 'by use'])],
    ...parts
      .toSorted((a, b) => weight(b) - weight(a))
      .map((part) => [
        part,
        ...bills.flatMap((bill) => [money(sum(of(bill.fixed, part))), money(sum(of(bill.use, part)))]),
      ]),
    ['in all', ...bills.flatMap((bill) => [money(sum(bill.fixed)), money(sum(bill.use))])],
    ['together', ...bills.flatMap((bill) => ['', money(total(bill))])],
  ]
}

export function lineCells({ usd, kind, path, what }: Line): readonly string[] {
  return [money(usd), kind === 'fixed' ? 'fixed' : 'by use', path, what]
}

function everyCell({
  usd,
  kind,
  path,
  what,
  quantity,
  unit,
  price,
  assumption = '',
}: Line): readonly string[] {
  return [
    money(usd),
    kind === 'fixed' ? 'fixed' : 'by use',
    path,
    what,
    `${Number(quantity.toFixed(3))} ${unit}`,
    price,
    assumption,
  ]
}

function savingLines(savings: readonly Saving[], bills: readonly Bill[]): readonly string[] {
  const cells = [
    ['', ...bills.map(({ name }) => name)],
    ...savings.map(({ way, usd }) => [
      way.what.replaceAll('`', ''),
      ...bills.map(({ name }) => money(usd.get(name) ?? 0)),
    ]),
  ]
  const [head = '', ...rows] = aligned(cells, '  ')
  return [head, ...rows.flatMap((row, index) => [row, `      ${savings[index]?.way.givesUp ?? ''}`])]
}
