import { RehearsalProblem } from '../../problem.ts'

/** What a security policy means to OpenSSL. */
export interface SecurityPolicy {
  readonly minVersion: 'TLSv1' | 'TLSv1.1' | 'TLSv1.2' | 'TLSv1.3'
  readonly maxVersion: 'TLSv1.2' | 'TLSv1.3'
  /** Of TLS 1.2 and older. */
  readonly ciphers: string
}

const OF_TLS_13 = ['TLS_AES_128_GCM_SHA256', 'TLS_AES_256_GCM_SHA384', 'TLS_CHACHA20_POLY1305_SHA256']
const AUTHENTICATED = [
  'ECDHE-ECDSA-AES128-GCM-SHA256',
  'ECDHE-RSA-AES128-GCM-SHA256',
  'ECDHE-ECDSA-AES256-GCM-SHA384',
  'ECDHE-RSA-AES256-GCM-SHA384',
]
const FORWARD_SECRET = [
  ...AUTHENTICATED,
  'ECDHE-ECDSA-AES128-SHA256',
  'ECDHE-RSA-AES128-SHA256',
  'ECDHE-ECDSA-AES256-SHA384',
  'ECDHE-RSA-AES256-SHA384',
]
const FORWARD_SECRET_AND_OLD = [
  ...FORWARD_SECRET,
  'ECDHE-ECDSA-AES128-SHA',
  'ECDHE-RSA-AES128-SHA',
  'ECDHE-RSA-AES256-SHA',
  'ECDHE-ECDSA-AES256-SHA',
]
const ANY = [
  ...FORWARD_SECRET_AND_OLD,
  'AES128-GCM-SHA256',
  'AES128-SHA256',
  'AES256-GCM-SHA384',
  'AES256-SHA256',
]

/** AWS: "Security policies for your Application Load Balancer". Old ones that it does not list here are refused. */
const POLICIES: Readonly<Record<string, SecurityPolicy>> = {
  'ELBSecurityPolicy-TLS13-1-3-2021-06': policy('TLSv1.3', 'TLSv1.3', []),
  'ELBSecurityPolicy-TLS13-1-2-Res-2021-06': policy('TLSv1.2', 'TLSv1.3', AUTHENTICATED),
  'ELBSecurityPolicy-TLS13-1-2-2021-06': policy('TLSv1.2', 'TLSv1.3', FORWARD_SECRET),
  'ELBSecurityPolicy-TLS13-1-2-Ext2-2021-06': policy('TLSv1.2', 'TLSv1.3', [
    ...ANY,
    'AES128-SHA',
    'AES256-SHA',
  ]),
  'ELBSecurityPolicy-TLS13-1-2-Ext1-2021-06': policy('TLSv1.2', 'TLSv1.3', [
    ...FORWARD_SECRET,
    'AES128-GCM-SHA256',
    'AES128-SHA256',
    'AES256-GCM-SHA384',
    'AES256-SHA256',
  ]),
  'ELBSecurityPolicy-FS-1-2-Res-2020-10': policy('TLSv1.2', 'TLSv1.2', AUTHENTICATED),
  'ELBSecurityPolicy-FS-1-2-Res-2019-08': policy('TLSv1.2', 'TLSv1.2', FORWARD_SECRET),
  'ELBSecurityPolicy-FS-1-2-2019-08': policy('TLSv1.2', 'TLSv1.2', FORWARD_SECRET_AND_OLD),
  'ELBSecurityPolicy-TLS-1-2-2017-01': policy('TLSv1.2', 'TLSv1.2', [
    ...FORWARD_SECRET,
    'AES128-GCM-SHA256',
    'AES128-SHA256',
    'AES256-GCM-SHA384',
    'AES256-SHA256',
  ]),
  'ELBSecurityPolicy-2016-08': policy('TLSv1', 'TLSv1.2', [...ANY, 'AES128-SHA', 'AES256-SHA']),
}

function policy(
  minVersion: SecurityPolicy['minVersion'],
  maxVersion: SecurityPolicy['maxVersion'],
  ciphers: readonly string[],
): SecurityPolicy {
  return { minVersion, maxVersion, ciphers: [...OF_TLS_13, ...ciphers].join(':') }
}

/** @throws {RehearsalProblem} for one that is not known here */
export function securityPolicy(name: string): SecurityPolicy {
  const found = POLICIES[name]
  if (found === undefined)
    throw new RehearsalProblem(
      `the security policy ${name} is not played; known are ${Object.keys(POLICIES).join(', ')}`,
    )
  return found
}
