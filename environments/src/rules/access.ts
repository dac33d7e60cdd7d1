import type { Rule } from './rule.ts'

/** Who may come in, and by which name. */
export const ACCESS_RULES: readonly Rule[] = [
  {
    fields: ['domainName', 'hostedZoneId', 'certificateArn'],
    holds: ({ domainName, hostedZoneId, certificateArn }) =>
      domainName === undefined || hostedZoneId !== undefined || certificateArn !== undefined,
    wanted: () => 'a domain with hostedZoneId or certificateArn beside it',
  },
  {
    fields: ['hostedZoneId', 'domainName'],
    holds: ({ hostedZoneId, domainName }) => hostedZoneId === undefined || domainName !== undefined,
    wanted: () => 'none without domainName',
  },
  {
    fields: ['certificateArn', 'domainName'],
    holds: ({ certificateArn, domainName }) => certificateArn === undefined || domainName !== undefined,
    wanted: () => 'none without domainName',
  },
  {
    // What a certificate of ACM may name (RequestCertificate, DomainName has 253, but the first name 64).
    fields: ['domainName'],
    holds: ({ domainName }) => domainName === undefined || domainName.length <= 64,
    wanted: () => 'at most 64 characters, as certificates take no longer name',
  },
  {
    fields: ['jwtJwksUrl'],
    holds: ({ jwtJwksUrl }) => jwtJwksUrl === undefined || isReached(jwtJwksUrl),
    wanted: () => 'https without a port: tasks reach the internet on 443 alone',
  },
  {
    fields: ['apiSettings'],
    holds: ({ apiSettings }) =>
      !/^https?:/.test(apiSettings['CATALOG'] ?? '') || isReached(apiSettings['CATALOG'] ?? ''),
    wanted: () => 'a CATALOG by https without a port: tasks reach the internet on 443 alone',
  },
  {
    fields: ['certificateArn', 'region'],
    holds: ({ certificateArn, region }) =>
      certificateArn === undefined || certificateArn.split(':')[3] === region,
    wanted: ({ region }) => `a certificate in ${region}, where the load balancer is`,
  },
  {
    fields: ['certificateArn', 'accountId'],
    holds: ({ certificateArn, accountId }) =>
      certificateArn === undefined || accountId === undefined || certificateArn.split(':')[4] === accountId,
    wanted: ({ accountId }) => `a certificate of account ${accountId}`,
  },
  {
    // The API itself refuses to start otherwise.
    fields: ['identity'],
    holds: ({ identity, name }) => identity === 'jwt' || !name.startsWith('prod'),
    wanted: () => 'jwt, as the name of the environment begins with prod',
  },
]

/** Whether the tasks' security group lets them out to a URL. */
function isReached(url: string): boolean {
  return URL.canParse(url) && new URL(url).protocol === 'https:' && ['', '443'].includes(new URL(url).port)
}
