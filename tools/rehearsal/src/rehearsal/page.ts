import type { RehearsalState } from './state.ts'
import { shownTime } from './steps.ts'

/** What is running, for people: how to try it, and how to end it. */
export function shownPage(state: RehearsalState): string {
  const { environment, api, service, tasks, redis, queues, steps } = state
  const running = tasks.filter(({ status }) => status === 'RUNNING')
  const lines = [
    `${environment} runs on this machine: ${service.name}, ${running.length} of ${service.desiredCount} tasks`,
    '',
    ...section('API', [`${api.url}, here at ${api.connectTo.host}:${api.connectTo.port}`]),
    ...section(
      'tasks',
      tasks.map(({ id, status, target, zone, capacityProvider }) =>
        [id.slice(0, 8), status, `target ${target}`, zone, capacityProvider].join('  '),
      ),
    ),
    ...section(
      'Redis',
      redis.map(({ node, role, isUp }) => `${node}  ${role}${isUp ? '' : '  down'}`),
    ),
    ...section(
      'queues',
      queues.map(({ url, messages }) => `${url.split('/').at(-1)}  ${messages} messages`),
    ),
    ...section(
      'took',
      steps.map(({ name, milliseconds }) => `${shownTime(milliseconds).padStart(12)}  ${name}`),
    ),
    '',
    ...curls(api).map((line) => `  ${line}`),
    '',
    '  npm run drill                                what can be made to fail, and what then holds',
    '  npm run rehearse -- --status                 this page, as it is then',
    '  eval "$(npm run -s rehearse -- --env)"       points this shell, Terraform and the AWS CLI at it',
    '  npm run rehearse -- --down                   ends it, and leaves nothing (Ctrl-C does, too, where it runs)',
  ]
  return lines.join('\n')
}

function section(title: string, lines: readonly string[]): readonly string[] {
  return lines.map((line, index) => `  ${(index === 0 ? title : '').padEnd(8)}${line}`)
}

/** To paste: they work while it runs. */
export function curls({ url, connectTo, ca }: RehearsalState['api']): readonly string[] {
  const { host, port, protocol } = new URL(url)
  const declared = port === '' ? (protocol === 'https:' ? '443' : '80') : port
  const curl = [
    'curl -s',
    `--connect-to '${host.split(':')[0]}:${declared}:${connectTo.host}:${connectTo.port}'`,
    ...(ca === undefined ? [] : [`--cacert '${ca}'`]),
  ].join(' ')
  const cart = "-H 'X-Cart-ID: my-first-cart-0123456789'"
  const json = "-H 'Content-Type: application/json'"
  return [
    `${curl} ${url}/cart/items ${cart} ${json} -d '{"productId": "pour-over-dripper", "quantity": 2}'`,
    `${curl} ${url}/cart ${cart}`,
    `${curl} ${url}/checkout/start ${cart} -H 'Idempotency-Key: order-1' -X POST`,
  ]
}
