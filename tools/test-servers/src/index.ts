/**
 * Real servers for tests, benchmarks and rehearsals, each on a free loopback port, ended by whoever started it; and the chance
 * by which things go wrong with them.
 */
export { Chance } from './chance.ts'
export { findOrInstall } from './debian.ts'
export { type DynamoServer, startDynamo } from './dynamo.ts'
export { dynamoRefusal } from './dynamo-refusal.ts'
export {
  type HttpFault,
  type HttpFaultProxy,
  type HttpFaults,
  type PassingRequest,
  startHttpFaultProxy,
} from './http-faults.ts'
export { findRedis, type RedisServer, type RedisServerOptions, startRedis } from './redis.ts'
export {
  type FailOverOptions,
  type MoveOptions,
  type RedisEndpoint,
  type RedisOfPair,
  type RedisPair,
  type RedisPairOptions,
  startRedisPair,
} from './redis-pair.ts'
export { freePort, type ServerProcess } from './server-process.ts'
export { startTcpFaultProxy, type TcpFault, type TcpFaultProxy } from './tcp-faults.ts'
export { untilCached } from './until-cached.ts'
