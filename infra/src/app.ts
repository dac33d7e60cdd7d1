import { type Environment, STATE_BACKEND } from '@cartwright/environments'
import { App } from '#terraform'
import { refuseStrangeSettings } from './service/container-environment.ts'
import { STATE_ACCOUNT } from './stacks/backend.ts'
import { CartwrightStack } from './stacks/cartwright-stack.ts'
import { StateBackendStack } from './stacks/state-backend-stack.ts'

/** The environment whose region's state backend has no suffix; another region's has the region's name. */
const HOME = 'dev'

/**
 * All stacks: one for each environment, and a state backend for each region that they live in.
 *
 * @param outdir where the Terraform configuration is written. @default CDKTF_OUTDIR, or cdktf.out
 * @param stateAccount whose bucket holds the states of environments that name no account. @default the bucket is left open
 * @throws {BadEnvironments} when an environment sets what the API has not
 */
export function createApp(environments: readonly Environment[], outdir?: string, stateAccount?: string): App {
  refuseStrangeSettings(environments)
  const app = new App({
    ...(outdir === undefined ? {} : { outdir }),
    // Stack traces are paths of this machine.
    stackTraces: false,
    // Its validations start `terraform version`, which Terraform itself does better (required_version), and later.
    skipValidation: true,
    // The name of a resource in the state tells where it is in the stack, and nothing of the stack.
    context: {
      excludeStackIdFromLogicalIds: 'true',
      allowSepCharsInLogicalIds: 'true',
      ...(stateAccount === undefined ? {} : { [STATE_ACCOUNT]: stateAccount }),
    },
  })
  const home = environments.find(({ name }) => name === HOME) ?? environments[0]
  for (const region of new Set(environments.map((environment) => environment.region))) {
    const there = environments.filter((environment) => environment.region === region)
    const name = region === home?.region ? STATE_BACKEND : `${STATE_BACKEND}-${region}`
    const accounts = new Set(there.map(({ accountId }) => accountId))
    new StateBackendStack(app, name, {
      project: there[0]?.project ?? '',
      region,
      // With several accounts it is deployed to each of them.
      accountId: accounts.size === 1 ? there[0]?.accountId : undefined,
      stateLockTable: there.some(({ stateLockTable }) => stateLockTable),
    })
  }
  for (const environment of environments) new CartwrightStack(app, environment.name, environment)
  return app
}
