import { fargateSizes, isFargateSize } from '../fargate.ts'
import type { Rule } from './rule.ts'

export const CAPACITY_RULES: readonly Rule[] = [
  {
    fields: ['taskMemory', 'taskCpu'],
    holds: ({ taskCpu, taskMemory }) => isFargateSize(taskCpu, taskMemory),
    wanted: ({ taskCpu }) => fargateSizes(taskCpu),
  },
  {
    fields: ['minTasks', 'desiredTasks', 'scaling'],
    holds: ({ scaling, minTasks, desiredTasks }) => !scaling || minTasks <= desiredTasks,
    wanted: ({ desiredTasks }) => `at most desiredTasks, which is ${desiredTasks}`,
  },
  {
    fields: ['maxTasks', 'desiredTasks', 'scaling'],
    holds: ({ scaling, maxTasks, desiredTasks }) => !scaling || maxTasks >= desiredTasks,
    wanted: ({ desiredTasks }) => `at least desiredTasks, which is ${desiredTasks}`,
  },
  {
    fields: ['scheduledFloor', 'minTasks', 'maxTasks', 'scaling'],
    holds: ({ scheduledFloor, scaling, minTasks, maxTasks }) =>
      scheduledFloor === 0 || (scaling && scheduledFloor >= minTasks && scheduledFloor <= maxTasks),
    wanted: ({ scaling, minTasks, maxTasks }) =>
      scaling ? `0, or from minTasks (${minTasks}) to maxTasks (${maxTasks})` : '0 without scaling',
  },
  {
    fields: ['scheduledFloorHours'],
    holds: ({ scheduledFloorHours }) => {
      const [from, until] = scheduledFloorHours.split('-').map(Number)
      return from !== until
    },
    wanted: () => 'two different hours',
  },
  {
    fields: ['scheduledFloorTimezone'],
    holds: ({ scheduledFloorTimezone }) => isTimeZone(scheduledFloorTimezone),
    wanted: () => 'a zone of the IANA database, such as Europe/Berlin',
  },
  {
    fields: ['minReadUnits', 'maxReadUnits'],
    holds: ({ minReadUnits, maxReadUnits }) => minReadUnits <= maxReadUnits,
    wanted: ({ maxReadUnits }) => `at most maxReadUnits, which is ${maxReadUnits}`,
  },
  {
    fields: ['minWriteUnits', 'maxWriteUnits'],
    holds: ({ minWriteUnits, maxWriteUnits }) => minWriteUnits <= maxWriteUnits,
    wanted: ({ maxWriteUnits }) => `at most maxWriteUnits, which is ${maxWriteUnits}`,
  },
  {
    // ElastiCache encrypts no connections of these.
    fields: ['cacheNodeType'],
    holds: ({ cacheNodeType }) => !/^cache\.(t1|m1|m2|m3|r3)\./.test(cacheNodeType),
    wanted: () => 'a type with TLS, such as cache.t4g.micro: not of t1, m1, m2, m3, r3',
  },
]

function isTimeZone(timeZone: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone }).resolvedOptions().timeZone !== ''
  } catch {
    return false
  }
}
