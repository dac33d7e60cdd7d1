import { applicationAddresses, cidrProblem, MOST_ZONES } from '../subnets.ts'
import type { Rule } from './rule.ts'

/** Interface endpoints that each application subnet has, at most; every one takes an address. */
const MOST_ENDPOINTS = 12

export const NETWORK_RULES: readonly Rule[] = [
  {
    fields: ['cidr'],
    holds: ({ cidr }) => cidrProblem(cidr) === undefined,
    wanted: ({ cidr }) => String(cidrProblem(cidr)),
  },
  {
    fields: ['zones', 'region'],
    holds: ({ zones, region }) => zones.every((zone) => zone.slice(0, -1) === region),
    wanted: ({ region }) => `zones of ${region}`,
  },
  {
    // The load balancer wants two.
    fields: ['zones'],
    holds: ({ zones }) => zones.length >= 2 && zones.length <= MOST_ZONES,
    wanted: () => `2 to ${MOST_ZONES} zones`,
  },
  {
    fields: ['taskZones', 'zones'],
    holds: ({ taskZones, zones }) => taskZones <= zones.length,
    wanted: ({ zones }) => `at most ${zones.length}, as many as there are zones`,
  },
  {
    // A deployment runs all tasks twice, and all of a zone's tasks share its subnet.
    fields: ['cidr', 'zones', 'taskZones', 'desiredTasks', 'scaling', 'maxTasks'],
    holds: (environment) => {
      const { cidr, zones, taskZones, scaling, maxTasks, desiredTasks } = environment
      if (cidrProblem(cidr) !== undefined) return true
      const tasks = Math.ceil((2 * (scaling ? maxTasks : desiredTasks)) / (taskZones || zones.length))
      return tasks + MOST_ENDPOINTS <= applicationAddresses(cidr)
    },
    wanted: ({ cidr }) =>
      `room for twice the tasks and ${MOST_ENDPOINTS} endpoints in each zone, which has ${applicationAddresses(cidr)} addresses`,
  },
  {
    fields: ['cacheMultiAz', 'cacheNodes'],
    holds: ({ cacheMultiAz, cacheNodes }) => !cacheMultiAz || cacheNodes >= 2,
    wanted: () => 'false with cacheNodes 1: there is no replica to take over',
  },
]
