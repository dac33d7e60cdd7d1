import { type Environment, lockTableName, STATE_BACKEND } from '@cartwright/environments'
import { type Construct, TerraformOutput } from '#terraform'
import { Place } from '../base/place.ts'
import { StateBackend } from '../state/state-backend.ts'
import { keepState } from './backend.ts'
import { OUTPUTS } from './outputs.ts'
import { useAws } from './provider.ts'
import { Stack } from './stack.ts'

export interface StateBackendStackProps extends Pick<Environment, 'project' | 'region' | 'accountId'> {
  readonly stateLockTable: boolean
}

/** The stack that comes before all others: where their states are kept, and its own. */
export class StateBackendStack extends Stack {
  constructor(scope: Construct, id: string, props: StateBackendStackProps) {
    super(scope, id)
    const { project, stateLockTable } = props
    useAws(this, { ...props, environment: STATE_BACKEND })
    // Its own lock table is what it makes: the lock file has to do.
    keepState(this, { ...props, stateLockTable: false })
    const place = new Place(this, 'place', props)
    const backend = new StateBackend(this, 'state', {
      project,
      place,
      ...(stateLockTable ? { lockTableName: lockTableName(project) } : {}),
    })
    new TerraformOutput(this, 'state_bucket', {
      value: backend.bucketName,
      description: OUTPUTS.state_bucket.about,
    })
  }
}
