import type { EnvironmentFile } from './src/index.ts'

/** Where carts are worth money: three zones, protected, and only with a domain and verified identities. */
export default {
  region: 'eu-west-1',
  zones: ['eu-west-1a', 'eu-west-1b', 'eu-west-1c'],
  cidr: '10.60.0.0/16',
  natGateways: 'one-per-zone',
  interfaceEndpoints: true,

  taskCpu: 1024,
  taskMemory: 2048,
  desiredTasks: 3,
  scaling: true,
  minTasks: 3,
  maxTasks: 20,
  capacity: 'on-demand',

  // 50 write units carry about eight changes of small carts a second, 500 about eighty.
  tableCapacity: 'provisioned',
  minReadUnits: 100,
  maxReadUnits: 1000,
  minWriteUnits: 50,
  maxWriteUnits: 500,
  onDemandCaps: true,
  pointInTimeRecovery: true,

  cacheNodeType: 'cache.r7g.large',
  cacheNodes: 3,
  cacheMultiAz: true,
  cacheSnapshotDays: 7,

  domainRequired: true,
  identity: 'jwt',
  accessLogs: true,

  logRetentionDays: 365,
  logLevel: 'info',
  traces: true,
  ecsExec: false,
  containerInsights: 'enhanced',
  alarms: true,
  monthlyBudget: 3000,
  rollbackAlarms: true,
  archiveDays: 90,
  keepImages: 50,

  deletionProtection: true,
  lastCopies: true,

  promotesFrom: 'staging',
  manualApproval: true,
} satisfies EnvironmentFile
