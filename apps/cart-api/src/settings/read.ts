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
    // A blank at either end is a slip (a file's last newline, quotes of the shell) that nobody sees in a log.
    const padded = text !== text.trim()
    const value = padded ? undefined : setting.parse(text)
    if (value === undefined) {
      const blanks = padded ? ', without blanks around it' : ''
      findings.push(`${setting.name} is ${shown(text)}; wanted: ${setting.wanted}${blanks}`)
    }
    return [key, value]
  })
  // Every key of the table has been given the value that its own setting parsed.
  const settings = Object.fromEntries(entries) as Settings
  if (findings.length === 0) findings.push(...crossCheck(settings))
  if (findings.length > 0) throw new BadSettings(findings)
  return settings
}

/** What a store cannot be opened without. */
const NEEDED_BY_STORE = {
  sqlite: [],
  dynamodb: ['tableName'],
  cached: ['tableName', 'redisUrl'],
  redis: ['redisUrl'],
} as const satisfies Record<Settings['store'], readonly (keyof Settings)[]>

/** The rules that concern more than one setting. */
function crossCheck(settings: Settings): string[] {
  const findings: string[] = []
  const { identity, deployment } = settings
  for (const key of NEEDED_BY_STORE[settings.store]) {
    const { name, wanted } = SETTINGS[key]
    if (settings[key] === undefined)
      findings.push(`${name} is not set; wanted with STORE=${settings.store}: ${wanted}`)
  }
  if (settings.redisSecretArn !== undefined && /@/.test(settings.redisUrl ?? '')) {
    findings.push('REDIS_URL has a password, and REDIS_SECRET_ARN is set; wanted: one of them')
  }
  const { events, eventBusName } = settings
  if (events === 'eventbridge' && eventBusName === undefined) {
    const { name, wanted } = SETTINGS.eventBusName
    findings.push(`${name} is not set; wanted with EVENTS=eventbridge: ${wanted}`)
  }
  // A log on one of several tasks is where events would get lost: whoever wants that says so.
  if (settings.store !== 'sqlite' && events === undefined && eventBusName === undefined) {
    const { name, wanted } = SETTINGS.events
    findings.push(`${name} is not set; wanted with STORE=${settings.store}: ${wanted}`)
  }
  if (identity === 'jwt') {
    for (const key of ['jwtIssuer', 'jwtAudience', 'jwtJwksUrl'] as const) {
      const { name, wanted } = SETTINGS[key]
      if (settings[key] === undefined)
        findings.push(`${name} is not set; wanted with IDENTITY=jwt: ${wanted}`)
    }
  }
  // Names of environments are free: `prod-eu` and `production` are meant as well.
  if (deployment.startsWith('prod') && identity !== 'jwt' && !settings.allowInsecureIdentity) {
    findings.push(
      `IDENTITY is "${identity}"; wanted with DEPLOYMENT=${deployment}: jwt (ALLOW_INSECURE_IDENTITY=true overrides)`,
    )
  }
  return findings
}

/**
 * The value for a message. Whatever setting it is, and however broken: what stands before an `@` may be a password, and
 * what stands behind a `?` a key, so neither leaves the process.
 */
function shown(text: string): string {
  const masked = text.replace(/^([a-z][a-z0-9+.-]*:\/\/)?.*@/is, '$1***@').replace(/\?.*$/s, '?***')
  // Cut last: half a URL would not show where its password ends.
  return JSON.stringify(masked.length > 100 ? `${masked.slice(0, 100)}…` : masked)
}
