/** What a Redis server says about itself. */
export interface ServerIdentity {
  /** Whether it takes writes, as far as it knows. */
  readonly isPrimary: boolean
  /**
   * `<run id>/<replication id>`: the first is new with each start of the server, the second whenever it is promoted. So
   * no server has the same again after its data may have become other data.
   */
  readonly identity: string
  /** What it throws away when its memory is full. */
  readonly evicts: string
}

/** Reads the answer to `INFO`. */
export function readIdentity(info: string): ServerIdentity {
  const fieldOf = (name: string): string => {
    const value = new RegExp(`^${name}:(\\S*)`, 'm').exec(info)?.[1]
    if (value === undefined)
      throw new Error(`got an INFO without ${name}; wanted: a Redis server, 5 or later`)
    return value
  }
  return {
    isPrimary: fieldOf('role') === 'master',
    identity: `${fieldOf('run_id')}/${fieldOf('master_replid')}`,
    evicts: fieldOf('maxmemory_policy'),
  }
}

/** The replication id in an identity, which every script compares. */
export function replicationIdOf(identity: string): string {
  return identity.slice(identity.indexOf('/') + 1)
}
