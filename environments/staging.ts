import type { EnvironmentFile } from './src/index.ts'

/** Where a release proves itself: every part that production has, in small. */
export default {
  region: 'eu-west-1',
  zones: ['eu-west-1a', 'eu-west-1b'],
  cidr: '10.50.0.0/16',
  natGateways: 'one',
  interfaceEndpoints: true,

  taskCpu: 512,
  taskMemory: 1024,
  desiredTasks: 2,
  scaling: true,
  minTasks: 2,
  maxTasks: 6,
  capacity: 'spot-above-one',

  tableCapacity: 'on-demand',
  pointInTimeRecovery: true,

  cacheNodeType: 'cache.t4g.small',
  cacheNodes: 2,
  cacheMultiAz: true,

  identity: 'header',
  accessLogs: true,

  logRetentionDays: 30,
  logLevel: 'info',
  traces: true,
  ecsExec: true,
  containerInsights: 'enabled',
  alarms: true,
  monthlyBudget: 500,
  rollbackAlarms: true,
  archiveDays: 30,
  keepImages: 30,

  deletionProtection: false,
  lastCopies: false,

  promotesFrom: 'dev',
} satisfies EnvironmentFile
