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
