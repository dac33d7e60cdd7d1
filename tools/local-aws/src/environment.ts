import { existsSync, writeFileSync } from 'node:fs'
import { devNull, homedir } from 'node:os'
import path from 'node:path'
import { findProviderMirror, type ProviderMirror } from './find/provider-mirror.ts'

/** Any will do: nobody checks them, unless IAM is switched on. */
const KEY = 'local'

/** Where everything is made unless a test says otherwise. */
export const REGION = 'eu-west-1'

export interface EnvironmentOptions {
  readonly endpoint: string
  /** @default eu-west-1 */
  readonly region?: string
  /** What the programs' environment is made of: settings of its own about AWS and Terraform are taken away. */
  readonly base: NodeJS.ProcessEnv
  /** An existing folder for Terraform's CLI configuration. */
  readonly folder: string
}

/**
 * What points Terraform, the AWS CLI and the SDKs at the emulator and at nothing else: to be laid over the environment
 * of the program. A name with `undefined` is to be taken away, as `spawn` does it.
 */
export function environmentFor({
  endpoint,
  region = REGION,
  base,
  folder,
}: EnvironmentOptions): NodeJS.ProcessEnv {
  // AWS_PROFILE, AWS_ENDPOINT_URL_S3, a session token: each of them could lead to a real account.
  const own = Object.keys(base).filter((name) => /^AWS_|^TF_CLI_/.test(name))
  return {
    ...Object.fromEntries(own.map((name) => [name, undefined])),
    AWS_ENDPOINT_URL: endpoint,
    AWS_ACCESS_KEY_ID: KEY,
    AWS_SECRET_ACCESS_KEY: KEY,
    AWS_REGION: region,
    AWS_DEFAULT_REGION: region,
    // No profile, no sign-in of the user's is looked at.
    AWS_CONFIG_FILE: devNull,
    AWS_SHARED_CREDENTIALS_FILE: devNull,
    AWS_EC2_METADATA_DISABLED: 'true',
    CI: '1',
    ...terraformEnvironment(base, folder),
  }
}

/**
 * What lets Terraform run by itself and find its provider, wherever it is pointed at.
 *
 * @param folder an existing one for its CLI configuration
 */
export function terraformEnvironment(base: NodeJS.ProcessEnv, folder: string): NodeJS.ProcessEnv {
  return {
    TF_IN_AUTOMATION: '1',
    // Terraform asks HashiCorp for news; a network that drops packets then hangs it for minutes.
    CHECKPOINT_DISABLE: '1',
    // Terraform and the provider spend a quarter of their time on collecting garbage, most of it schemas that stay.
    GOGC: base['GOGC'] || '400',
    ...terraformCli(base, folder),
  }
}

/** The user's own CLI configuration is left to the user, as long as no mirror was named. */
function terraformCli(base: NodeJS.ProcessEnv, folder: string): NodeJS.ProcessEnv {
  const ofUser = base['TF_CLI_CONFIG_FILE'] || path.join(base['HOME'] || homedir(), '.terraformrc')
  if (!base['CARTWRIGHT_PROVIDER_MIRROR'] && existsSync(ofUser)) return { TF_CLI_CONFIG_FILE: ofUser }
  const mirror = findProviderMirror(base)
  if (mirror === undefined) return {}
  const file = path.join(folder, 'terraform.rc')
  writeFileSync(file, cliConfiguration(mirror))
  return {
    TF_CLI_CONFIG_FILE: file,
    // `terraform providers lock`, which cdktf runs, looks at no configuration.
    TF_CLI_ARGS_providers_lock: `-fs-mirror=${mirror.folder}`,
  }
}

/** What the mirror holds comes from there, everything else from where it always comes from. */
export function cliConfiguration({ folder, providers }: ProviderMirror): string {
  const list = JSON.stringify(providers)
  return `provider_installation {
  filesystem_mirror {
    path    = ${JSON.stringify(folder)}
    include = ${list}
  }
  direct {
    exclude = ${list}
  }
}
`
}

/** What a shell is to evaluate to have it: a name without a value is taken away. */
export function shellLines(
  environment: Readonly<Record<string, string | null | undefined>>,
): readonly string[] {
  return Object.entries(environment).map(([name, value]) =>
    typeof value === 'string' ? `export ${name}='${value.replaceAll("'", `'\\''`)}'` : `unset ${name}`,
  )
}
