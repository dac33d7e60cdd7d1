import type { Resource, StackJson } from '@cartwright/infra/stack-json'
import { drawGraph, type Edge, type Node } from './drawing/graph.ts'
import { Picture, WIDTH } from './drawing/svg.ts'
import { code, widthOf } from './drawing/text.ts'
import { counted, nameOf, textAt } from './reading/names.ts'
import { EXITS, serviceOf, subnetsIn } from './reading/subnets.ts'
import { idOf, type Peer, talksIn, wearersOf } from './reading/talks.ts'
import { drawVpc } from './vpc.ts'

const MARGIN = 16
const HEADING = 'Who may talk to whom'

/** The VPC: zones, subnets and what stands in them, routes; and below it, who may talk to whom. */
export function network(stack: StackJson): string {
  const picture = new Picture()
  const bottom = drawVpc(picture, stack)
  picture.heading({ x: MARGIN, y: bottom + 44 }, HEADING)
  picture.label(
    { x: MARGIN + widthOf(HEADING, 'strong') + 12, y: bottom + 44 },
    'security groups; an arrow leads from who opens the connection',
  )
  const { nodes, edges } = talkGraph(stack)
  const end = drawGraph(picture, nodes, edges, { x: MARGIN, y: bottom + 62, width: WIDTH - 2 * MARGIN })
  return picture.svg(end + MARGIN, `The network of ${stack.name}`, described(stack))
}

function talkGraph(stack: StackJson): { readonly nodes: readonly Node[]; readonly edges: readonly Edge[] } {
  const talks = talksIn(stack)
  const nodes = new Map<string, Node>()
  const add = (peer: Peer, end: 'from' | 'to'): string => {
    // Addresses that may come in stand above the groups, those that may be reached below.
    const id = typeof peer === 'string' ? `${end} ${peer}` : idOf(peer)
    const others = talks.filter(({ from, to }) => from === peer && to === peer)
    if (!nodes.has(id)) {
      const node = typeof peer === 'string' ? addresses(id, peer) : groupNode(stack, peer)
      nodes.set(id, {
        ...node,
        lines: [...node.lines, ...others.map(({ ports }) => `among themselves: ${ports}`)],
      })
    }
    return id
  }
  const edges = talks.map(({ from, to, ports }) => ({
    from: add(from, 'from'),
    to: add(to, 'to'),
    label: ports,
  }))
  for (const group of stack.all('aws_security_group')) add(group, 'to')
  return { nodes: [...nodes.values()], edges }
}

function addresses(id: string, cidr: string): Node {
  const isAny = cidr === '0.0.0.0/0' || cidr === '::/0'
  return { id, title: isAny ? 'Any address' : 'Addresses', lines: [code(cidr)] }
}

function groupNode(stack: StackJson, group: Resource): Node {
  const wearers = wearersOf(stack, group)
  const endpoints = wearers.filter(({ type }) => type === 'aws_vpc_endpoint').map(serviceOf)
  const others = wearers.filter(({ type }) => type !== 'aws_vpc_endpoint').map((one) => code(nameOf(one)))
  return {
    id: group.address,
    title: textAt(group, 'description') ?? nameOf(group),
    lines: [...others, ...(endpoints.length === 0 ? [] : [code(endpoints.join(', '))])],
    isMain: wearers.some(({ type }) => type === 'aws_ecs_service'),
  }
}

function described(stack: StackJson): string {
  const subnets = subnetsIn(stack)
  const zones = new Set(subnets.map(({ zone }) => zone)).size
  const talks = talksIn(stack).map(({ from, to, ports }) => `${told(from)} to ${told(to)} (${ports})`)
  const exits = { internet: 'to the internet', NAT: 'through NAT', elsewhere: 'elsewhere', none: 'nowhere' }
  const routes = EXITS.flatMap((exit) => {
    const names = subnets.filter((one) => one.exit === exit).map(({ title }) => title)
    return names.length === 0 ? [] : [`${names.join(', ')} have routes ${exits[exit]}`]
  })
  const where = `${counted(subnets.length, 'subnet')} in ${counted(zones, 'zone')}`
  return `${where}: ${routes.join('; ')}. May talk: ${talks.join('; ')}.`
}

function told(peer: Peer): string {
  return typeof peer === 'string' ? peer : (textAt(peer, 'description') ?? nameOf(peer))
}
