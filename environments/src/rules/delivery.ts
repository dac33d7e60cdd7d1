import type { Rule } from './rule.ts'

const OWN_HOSTS: readonly string[] = ['GitHubEnterpriseServer', 'GitLabSelfManaged']

export const DELIVERY_RULES: readonly Rule[] = [
  {
    fields: ['codestarHostArn', 'codestarProviderType', 'enableCicd', 'createCodestarConnection'],
    holds: (environment) => {
      const { enableCicd, createCodestarConnection, codestarProviderType, codestarHostArn } = environment
      const needsHost = OWN_HOSTS.includes(codestarProviderType)
      if (codestarHostArn !== undefined) return needsHost
      return !(enableCicd && createCodestarConnection && needsHost)
    },
    wanted: ({ codestarProviderType }) =>
      OWN_HOSTS.includes(codestarProviderType)
        ? `the ARN of a host, with codestarProviderType ${codestarProviderType}`
        : `none with codestarProviderType ${codestarProviderType}`,
  },
  {
    fields: ['codestarConnectionArn', 'createCodestarConnection', 'enableCicd'],
    holds: ({ codestarConnectionArn, createCodestarConnection, enableCicd }) =>
      createCodestarConnection
        ? codestarConnectionArn === undefined
        : !enableCicd || codestarConnectionArn !== undefined,
    wanted: ({ createCodestarConnection }) =>
      createCodestarConnection
        ? 'none with createCodestarConnection'
        : 'the ARN of a connection without createCodestarConnection',
  },
  {
    fields: ['codestarConnectionName', 'createCodestarConnection'],
    holds: ({ codestarConnectionName, createCodestarConnection }) =>
      codestarConnectionName === undefined || createCodestarConnection,
    wanted: () => 'none without createCodestarConnection: the connection that exists has its name',
  },
  {
    // A connection may be another account's, and shared.
    fields: ['codestarConnectionArn', 'region'],
    holds: ({ codestarConnectionArn, region }) =>
      codestarConnectionArn === undefined || codestarConnectionArn.split(':')[3] === region,
    wanted: ({ region }) => `a connection in ${region}`,
  },
  {
    fields: ['codestarHostArn', 'region'],
    holds: ({ codestarHostArn, region }) =>
      codestarHostArn === undefined || codestarHostArn.split(':')[3] === region,
    wanted: ({ region }) => `a host in ${region}`,
  },
  {
    fields: ['codestarHostArn', 'accountId'],
    holds: ({ codestarHostArn, accountId }) =>
      codestarHostArn === undefined || accountId === undefined || codestarHostArn.split(':')[4] === accountId,
    wanted: ({ accountId }) => `a host of account ${accountId}`,
  },
  {
    fields: ['promotesFrom'],
    holds: ({ promotesFrom, name }) => promotesFrom !== name,
    wanted: () => 'another environment',
  },
]
