/** The variables that say where things are, for machines on which they are not found. One row each; also in the docs. */
export const SETTINGS = {
  CARTWRIGHT_MOTO: 'A Python 3.10 or newer that has `moto[server]` in the version that is wanted.',
  CARTWRIGHT_TERRAFORM: 'The Terraform binary.',
  CARTWRIGHT_PROVIDER_MIRROR: 'A folder that holds `registry.terraform.io/hashicorp/aws`; `none` uses none.',
  CARTWRIGHT_CACHE:
    'The folder for what is kept between runs, and for what runs; otherwise `cartwright` in the cache and in the state folder of the user.',
} as const

export type SettingName = keyof typeof SETTINGS

/** An empty value counts as not given. */
export function setting(name: SettingName, env: NodeJS.ProcessEnv): string | undefined {
  return env[name] || undefined
}
