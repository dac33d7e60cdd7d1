import { allAssumptions, allPrices, FREE, type Line, PRICED_REGION, PRICES_OF } from '@cartwright/infra/cost'
import { type Bill, dearest } from '../bill.ts'
import type { Costs } from '../cost.ts'
import { money } from '../report/columns.ts'
import { partsTable } from '../report/tables.ts'
import type { Saving } from '../savings.ts'

/** What stands before a source, by its kind. */
const READ_IN = {
  list: "AWS's price list",
  page: "AWS's page",
  bill: 'a bill',
  derived: 'derived',
  known: 'not read again',
} as const

/** The reference page, docs/reference/cost.md. */
export function costPage({ traffic, bills, savings }: Costs): string {
  return `<!-- Made from infra/src/cost and tools/cost by \`npm run docs\`. Change it there. -->

# Costs

\`npm run cost\` tells what a month costs: the fixed part and what requests add, for each environment, side by side; the ten
dearest things of each; what could be saved, and what that gives up. It needs no account.

    npm run cost
    npm run cost -- prod --traffic 50
    npm run cost -- --verbose
    npm run cost -- --help

Every deployed stack has its fixed part as an output, \`estimated_monthly_cost\`.

## What the figures are

US dollars a month of 730 hours, on demand, at the list prices of ${PRICED_REGION} of ${PRICES_OF.from} to ${PRICES_OF.to};
without free tier, savings plans, support and tax. Environments of other regions are priced the same, and the command says so.

- **Fixed** is what the hours of a month cost, before the first request: whatever is there, with a release running on as few
  tasks as scaling ever leaves. Before the first release there are no tasks, and their part is not paid yet.
- **By use** is what is done with it, by the assumptions below and \`--traffic\`, requests a second all month (${traffic} unless given),
  in the steady state: logs as old as they are kept, the carts of a week, the orders of a year. A few dollars of it come without
  any request: releases, images, looks into the outbox.

Quantities stand in the synthesised stacks: what a resource has, it is charged for. What stands nowhere is counted as well: the
alarms that scaling makes, the public addresses of the load balancer, the metrics of Container Insights. A key costs one dollar
more after its first yearly rotation, and one more after its second.

Left out is what is the account's own (the hosted zone, CloudTrail, support) and what costs little: state backends; the logs
of Redis, of builds and of shells; and traffic between zones, $0.01 for each GB and direction. That is what tasks read from
Redis in another zone, two thirds of it with three zones and about $2 a month at 50 requests a second, and what they send
through the NAT gateway of another zone.

Container Insights, where it is enhanced, is the most uncertain of the fixed part: what is counted is the least of it, as each
task and each release brings metrics of its own.

Spot floats: a third of the on-demand price is counted, and a half may have to be paid.

Two calculations by hand, of prod's fixed part and of what 50 requests a second add there, agree within 5 %
(\`infra/src/cost/by-hand.test.ts\`).

## The environments

As they stand in the repository, with ${traffic} requests a second in each, and a made-up domain where one cannot do without: with
it come the certificate and the firewall. \`--complete\` shows them with all that a user may give.

${markdown(partsTable(bills), 'right')}

${bills.map(dearestOf).join('\n')}
## What could be saved

Each by itself, US dollars a month: the difference between the environment as it is and with that field changed, both
synthesised. An environment that nobody uses for a while is best destroyed: \`npm run destroy -- dev\`.

${savingsTable(savings, bills)}

## Assumptions

| how much | of what | |
|---|---|---|
${allAssumptions()
  .map(([, { value, unit, about }]) => `| ${value.toLocaleString('en')} | ${unit} | ${about} |`)
  .join('\n')}

## Prices

\`certain\` was read for this region; \`likely\` may be off by a few percent; \`guess\` floats, or was not found. They
were read in published copies of AWS's lists and pages and in published bills, none in AWS's own list as it is today: hold them
against that when you first look. What is \`not read again\` is what AWS has charged for years. A list is named by its offer and
version, or by the SKU.

| usage type | US dollars | for each | read in | of | sureness |
|---|---|---|---|---|---|
${allPrices()
  .map(
    ([, { usageType, usd, unit, source, date, sureness, note }]) =>
      `| ${[`\`${usageType}\``, usd, unit, [`${READ_IN[source.kind]}: ${source.text}`, note].filter(Boolean).join('; '), date, sureness].join(' | ')} |`,
  )
  .join('\n')}

To bring them up to date: look a usage type up in AWS's price list
(\`https://pricing.us-east-1.amazonaws.com/offers/v1.0/aws/<service>/current/${PRICED_REGION}/index.json\`, open to everybody), change
figure, source and date in \`infra/src/cost/prices.ts\`, and run \`npm run docs\`. Another region is another table.

## What is free

A type of resources that is neither priced nor here fails a test, and \`npm run cost\` says that it is not counted.

| resource | why |
|---|---|
${Object.entries(FREE)
  .map(([type, why]) => `| \`${type}\` | ${why} |`)
  .join('\n')}
`
}

function dearestOf(bill: Bill): string {
  const cells = (line: Line): readonly string[] => [
    money(line.usd),
    line.kind === 'fixed' ? 'fixed' : 'by use',
    `\`${line.path}\``,
    line.what,
  ]
  return `### The dearest of ${bill.name}

${markdown([['a month', '', 'where', 'what'], ...dearest(bill).map(cells)])}
`
}

function savingsTable(savings: readonly Saving[], bills: readonly Bill[]): string {
  return markdown([
    ['', ...bills.map(({ name }) => name), 'what it gives up'],
    ...savings.map(({ way, usd }) => [
      way.what,
      ...bills.map(({ name }) => money(usd.get(name) ?? 0)),
      way.givesUp,
    ]),
  ])
}

function markdown([head = [], ...rows]: readonly (readonly string[])[], figures?: 'right'): string {
  const rule = head.map((_, at) => (figures === 'right' && at > 0 ? '---:' : '---'))
  return [head, rule, ...rows].map((row) => `| ${row.join(' | ')} |`).join('\n')
}
