import type { Setting } from './kinds.ts'
import { SETTINGS, type Settings } from './settings.ts'

/** One or more settings cannot be used; the message has a line for each. */
export class BadSettings extends Error {
  constructor(findings: readonly string[]) {
    super(findings.join('\n'))
    this.name = 'BadSettings'
  }
}

/**
 * Reads and checks all settings.
 *
 * @throws {BadSettings} that names each bad setting, the value seen and what is wanted.
 */
export function readSettings(environment: Readonly<Record<string, string | undefined>>): Settings {
  const findings: string[] = []
  const entries = Object.entries<Setting<unknown>>(SETTINGS).map(([key, setting]) => {
    const given = environment[setting.name]
    const text = given === undefined || given === '' ? setting.fallback : given
    if (text === undefined) return [key, undefined]
    const value = setting.parse(text)
    if (value === undefined) findings.push(`${setting.name} is ${shown(text)}; wanted: ${setting.wanted}`)
    return [key, value]
  })
  // Every key of the table has been given the value that its own setting parsed.
  const settings = Object.fromEntries(entries) as Settings
  if (findings.length === 0) findings.push(...crossCheck(settings))
  if (findings.length > 0) throw new BadSettings(findings)
  return settings
}

/** The rules that concern more than one setting. */
function crossCheck(settings: Settings): string[] {
  const findings: string[] = []
  const { identity, deployment } = settings
  if (settings.store === 'dynamodb' && settings.tableName === undefined) {
    const { name, wanted } = SETTINGS.tableName
    findings.push(`${name} is not set; wanted with STORE=dynamodb: ${wanted}`)
  }
  if (identity === 'jwt') {
    for (const key of ['jwtIssuer', 'jwtAudience', 'jwtJwksUrl'] as const) {
      const { name, wanted } = SETTINGS[key]
      if (settings[key] === undefined)
        findings.push(`${name} is not set; wanted with IDENTITY=jwt: ${wanted}`)
    }
  }
  if (deployment === 'prod' && identity !== 'jwt' && !settings.allowInsecureIdentity) {
    findings.push(
      `IDENTITY is "${identity}"; wanted with DEPLOYMENT=prod: jwt (ALLOW_INSECURE_IDENTITY=true overrides)`,
    )
  }
  return findings
}

function shown(text: string): string {
  return JSON.stringify(text.length > 100 ? `${text.slice(0, 100)}…` : text)
}
