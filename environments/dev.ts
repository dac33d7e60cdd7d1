import type { EnvironmentFile } from './src/index.ts'

/** Where a change is tried first: the smallest of everything, and nothing is kept. */
export default {
  region: 'eu-west-1',
  zones: ['eu-west-1a', 'eu-west-1b'],
  cidr: '10.40.0.0/16',
  natGateways: 'one',
  interfaceEndpoints: false,

  taskCpu: 256,
  taskMemory: 512,
  desiredTasks: 1,
  scaling: false,
  minTasks: 1,
  maxTasks: 1,
  capacity: 'spot',
  taskZones: 1,

  tableCapacity: 'on-demand',
  pointInTimeRecovery: false,

  cacheNodeType: 'cache.t4g.micro',
  cacheNodes: 1,
  cacheMultiAz: false,

  identity: 'header',
  accessLogs: false,

  logRetentionDays: 7,
  logLevel: 'debug',
  traces: false,
  ecsExec: true,
  containerInsights: 'disabled',
  alarms: false,
  monthlyBudget: 150,
  rollbackAlarms: false,
  eventLog: true,
  keepImages: 10,

  deletionProtection: false,
  lastCopies: false,
} satisfies EnvironmentFile
