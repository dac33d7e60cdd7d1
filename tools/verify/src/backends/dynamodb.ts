import { type Backend, BRISK, REQUESTS } from './backend.ts'
import { startTable } from './table.ts'

export async function dynamoBackend(processes: number): Promise<Backend> {
  const table = await startTable(processes)
  return {
    environments: table.environments.map((own) => ({ ...REQUESTS, ...own, STORE: 'dynamodb' })),
    open: table.open,
    begin: async (fault, index, chance) => table.begin(fault, index, chance),
    pace: BRISK,
    stop: table.stop,
  }
}
