import { type Resource, type StackJson, valuesAt } from '@cartwright/infra/stack-json'

/** The attributes in which resources have the name that AWS shows, the likeliest first. */
const NAMES = ['tags.Name', 'name', 'replication_group_id', 'bucket'] as const
/** What AWS makes the rest of. */
const PREFIXES = ['name_prefix', 'bucket_prefix'] as const

/** The name that AWS shows of a resource; its construct's place where it has none. */
export function nameOf({ block, path }: Resource): string {
  const said = NAMES.flatMap((attribute) => valuesAt(block, attribute)).map(String)
  const begun = PREFIXES.flatMap((attribute) => valuesAt(block, attribute)).map(
    (prefix) => `${String(prefix).replace(/-$/, '')}…`,
  )
  // What Terraform fills in later is left open: `cartwright-prod-…-eu-west-1`.
  const names = [...said, ...begun].map((name) => name.replaceAll(/\$\{[^}]*\}/g, '…'))
  return names.find((name) => name !== '…') ?? path
}

/** The name without what the names of a whole stack begin with: `nat-a` of `cartwright-prod-nat-a`. */
export function shortName(stack: StackJson, resource: Resource): string {
  const name = nameOf(resource)
  const prefix = stack
    .all('aws_vpc')
    .map(nameOf)
    .find((one) => name.startsWith(`${one}-`))
  return prefix === undefined ? name : name.slice(prefix.length + 1)
}

/** An attribute that is one text or number; undefined where the configuration does not say it, or refers to another. */
export function textAt(resource: Resource, attribute: string): string | undefined {
  const [value] = valuesAt(resource.block, attribute)
  return value === undefined || typeof value === 'object' || String(value).includes('${')
    ? undefined
    : String(value)
}

/** The first resource of a type that an attribute refers to. */
export function referredAt(
  stack: StackJson,
  resource: Resource,
  attribute: string,
  type?: string,
): Resource | undefined {
  return stack
    .referredBy(valuesAt(resource.block, attribute))
    .find((one) => type === undefined || one.type === type)
}

/** Whether a resource needs another one; its tags say nothing of that. */
export function needs(stack: StackJson, resource: Resource, other: Resource): boolean {
  const { tags: _, ...attributes } = resource.block
  return resource !== other && stack.referredBy(attributes).includes(other)
}

/** `1 hour`, `14 days`: the greatest unit that says it without a fraction. */
export function duration(seconds: number): string {
  const [unit = 'second', length = 1] =
    (
      [
        ['day', 86_400],
        ['hour', 3600],
        ['minute', 60],
      ] as const
    ).find(([, one]) => seconds % one === 0) ?? []
  return counted(seconds / length, unit)
}

export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`
}
