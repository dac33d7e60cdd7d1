// A rehearsal in a process of its own, so that it can be killed: it plays a group that stands in an emulator, and tells where.

import { ElastiCache } from '@aws-sdk/client-elasticache'
import { Guard } from '../../guard/guard.ts'
import { Authority } from '../../tls/authority.ts'
import { readReplicationGroup, startCache } from '../index.ts'

const [endpoint = '', id = '', token = ''] = process.argv.slice(2)
const credentials = { accessKeyId: 'local', secretAccessKey: 'local' }
const api = new ElastiCache({ endpoint, region: 'eu-west-1', credentials })
const guard = await Guard.start()
const authority = await Authority.create()
await guard.watchFolder(authority.folder)
const cache = await startCache({
  api,
  group: await readReplicationGroup(api, id),
  guard,
  authority,
  tokens: async () => ({ [id]: [token] }),
  tell: () => undefined,
})
process.stdout.write(`${JSON.stringify(cache.routes())}\n`)
