/** A value of a call: lists are numbered from 1, fields stand behind a dot, as AWS's Query protocol wants it. */
export type Parameter =
  | string
  | number
  | boolean
  | readonly Parameter[]
  | { readonly [name: string]: Parameter }

/** What an answer holds. */
type Value = string | number | boolean | Value[] | { [name: string]: Value }

const VERSIONS = { elasticloadbalancing: '2015-12-01', ec2: '2016-11-15' } as const

const LISTS =
  /^(LoadBalancers|Listeners|Rules|TargetGroups|Attributes|Certificates|Conditions|Actions|Values)$/
const NUMBERS = /^(Port|Order|Weight|\w+Seconds|\w+ThresholdCount)$/
const FLAGS = /^(IsDefault|Enabled|HealthCheckEnabled)$/

/** Calls an emulator as an SDK would, as far as tests need it; nobody checks the signature. */
export async function call(
  endpoint: string,
  service: keyof typeof VERSIONS,
  action: string,
  parameters: { readonly [name: string]: Parameter },
): Promise<Record<string, Value>> {
  const scope = `Credential=local/20261121/eu-west-1/${service}/aws4_request`
  const answer = await fetch(endpoint, {
    method: 'POST',
    headers: { authorization: `AWS4-HMAC-SHA256 ${scope}, SignedHeaders=host, Signature=none` },
    body: new URLSearchParams({ Action: action, Version: VERSIONS[service], ...flat(parameters, service) }),
  })
  const words = await answer.text()
  if (!answer.ok) throw new Error(`${action}: ${answer.status} ${words}`)
  const root = parse(words)[`${action}Response`] as Record<string, Value>
  // The EC2 API has no element for the result.
  return (root[`${action}Result`] ?? root) as Record<string, Value>
}

function flat(parameters: { readonly [name: string]: Parameter }, service: string): Record<string, string> {
  const member = service === 'ec2' ? '' : '.member'
  const fields: Record<string, string> = {}
  const add = (name: string, value: Parameter): void => {
    if (Array.isArray(value)) value.forEach((item, index) => void add(`${name}${member}.${index + 1}`, item))
    else if (typeof value === 'object')
      for (const [key, item] of Object.entries(value)) add(`${name}.${key}`, item)
    else fields[name] = String(value)
  }
  for (const [name, value] of Object.entries(parameters)) add(name, value)
  return fields
}

/** The elements of an answer: `member` and `item` make lists, the rest fields. */
function parse(words: string): Record<string, Value> {
  const tokens = words.match(/<[^>]+>|[^<]+/g) ?? []
  let at = 0
  const read = (name: string): Value => {
    const children: [string, Value][] = []
    let content = ''
    for (; at < tokens.length; ) {
      const token = tokens[at++] ?? ''
      if (token.startsWith('</')) break
      if (token.startsWith('<?')) continue
      if (!token.startsWith('<')) content += token
      else {
        const child = /^<([\w:]+)/.exec(token)?.[1] ?? ''
        children.push([child, token.endsWith('/>') ? typed(child, '') : read(child)])
      }
    }
    if (children.length === 0) return typed(name, unescaped(content.trim()))
    const isList = children.every(([child]) => child === 'member' || child === 'item')
    return isList ? children.map(([, value]) => value) : Object.fromEntries(children)
  }
  return read('') as Record<string, Value>
}

function typed(name: string, text: string): Value {
  if (LISTS.test(name) && text === '') return []
  if (NUMBERS.test(name) && text !== '') return Number(text)
  return FLAGS.test(name) ? text === 'true' : text
}

function unescaped(text: string): string {
  const characters: Record<string, string> = {
    lt: '<',
    gt: '>',
    quot: '"',
    apos: "'",
    amp: '&',
    '#34': '"',
    '#39': "'",
  }
  return text.replace(/&(#?\w+);/g, (all, name: string) => characters[name] ?? all)
}
