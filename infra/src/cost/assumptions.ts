interface Assumption {
  readonly value: number
  readonly unit: string
  readonly about: string
}

/** What the per-use part takes for granted, and the only place that says so. */
export const ASSUMPTIONS = {
  changeShare: { value: 0.3, unit: 'of requests', about: 'change a cart; the others read one' },
  checkoutShare: { value: 0.01, unit: 'of requests', about: 'are checkouts, which are changes as well' },
  requestKb: {
    value: 1,
    unit: 'KB',
    about: 'a request, with its headers and its share of TLS',
  },
  responseKb: { value: 3, unit: 'KB', about: 'a response: a cart of about ten lines, with its headers' },
  newConnections: { value: 0.1, unit: 'per request', about: 'new connections: clients keep theirs' },
  connectionSeconds: { value: 60, unit: 's', about: 'that a connection lives' },
  cpuMilliseconds: {
    value: 1.2,
    unit: 'ms of a vCPU',
    about:
      'a request: a tenth of it for a cart from the cache, two for a change (docs/reference/benchmarks.md)',
  },
  cpuTarget: { value: 0.7, unit: 'of a vCPU', about: 'that tasks use, as scaling aims at' },
  writeUnits: {
    value: 10,
    unit: 'units',
    about: 'a change writes: 7 for a small cart, 23 for one of 200 lines (docs/guides/dynamodb.md)',
  },
  readUnits: { value: 2, unit: 'units', about: 'a change reads: the cart, and the kept answer' },
  missShare: { value: 0.1, unit: 'of reads', about: 'are not in the cache, and read a unit of the table' },
  outboxLooks: {
    value: 1.9,
    unit: 'read units a second',
    about: 'a task reads with no request: its looks into the eight partitions of the outbox',
  },
  newCartShare: { value: 0.2, unit: 'of changes', about: 'open a cart, which is kept for a week' },
  cartKb: { value: 2, unit: 'KB', about: 'a cart in the table and in Redis' },
  answerKb: { value: 1, unit: 'KB', about: 'a kept answer, for a day' },
  orderKb: { value: 2, unit: 'KB', about: 'an order; those of a year are counted' },
  eventKb: { value: 1, unit: 'KB', about: 'an event, one for each change' },
  appLogKb: { value: 0.4, unit: 'KB', about: 'the log line of a request, where LOG_LEVEL is info or finer' },
  accessLogKb: { value: 0.1, unit: 'KB', about: "a line of the load balancer's log, compressed" },
  firewallLogKb: { value: 2, unit: 'KB', about: 'a record of the firewall: every request is one' },
  firewallLogIncludedKb: { value: 0.5, unit: 'KB', about: 'of it are in the price of the request' },
  flowKb: { value: 0.5, unit: 'KB', about: 'of flow logs, for each new connection' },
  flowGb: {
    value: 0.5,
    unit: 'GB',
    about: "of flow logs a month, whoever asks: the internet's scanners, AWS's APIs",
  },
  logCompression: {
    value: 0.15,
    unit: 'of what came in',
    about: 'is stored of a log, as AWS itself reckons',
  },
  releases: { value: 20, unit: 'a month', about: 'releases' },
  pipelineMinutes: { value: 12, unit: 'minutes', about: 'of actions, each rounded up, for a release' },
  buildMinutes: { value: 4, unit: 'minutes', about: 'of each build project, for a release' },
  artifactGb: { value: 0.01, unit: 'GB', about: 'of artifacts for a release, kept for a year' },
  imagesGb: { value: 2, unit: 'GB', about: 'of images: twenty, with layers that most of them share' },
  startGb: {
    value: 0.15,
    unit: 'GB',
    about: 'through NAT when a task starts: the collector, where there is one',
  },
  keyRequests: {
    value: 100_000,
    unit: 'a month',
    about: 'uses of the key: services keep data keys for minutes',
  },
  secretReads: {
    value: 100,
    unit: 'a month',
    about: 'a task asks for its secret, when it starts and when it rotates',
  },
  emptyReceives: {
    value: 131_400,
    unit: 'a month',
    about: 'of a consumer of the queue that waits 20 s each time',
  },
} as const satisfies Record<string, Assumption>

export type AssumptionName = keyof typeof ASSUMPTIONS

/** All of them, in the table's order. */
export function allAssumptions(): readonly (readonly [AssumptionName, Assumption])[] {
  // Object.entries forgets that the keys are the table's.
  return Object.entries<Assumption>(ASSUMPTIONS) as [AssumptionName, Assumption][]
}
