/** What an output tells, for people who read it and for the page of all of them. */
interface Output {
  readonly about: string
  readonly example: string
  /** Who asks for it. */
  readonly usedBy: string
  /** Which stacks have it. @default every environment */
  readonly where?: string
}

const WITH_PIPELINE = 'environments with `enableCicd`'

/** Every output of every stack, and the only place that names them: descriptions and documentation come from this table. */
export const OUTPUTS = {
  alb_url: {
    about:
      'Where the API is reached: the domain by HTTPS, or the load balancer by HTTP where there is no domain.',
    example: 'https://cart.example.com',
    usedBy: 'clients, `curl`',
  },
  alb_dns_name: {
    about: 'The name that AWS gave the load balancer.',
    example: 'cartwright-prod-1234567890.eu-west-1.elb.amazonaws.com',
    usedBy: 'DNS records that are kept elsewhere',
  },
  ecr_repository_url: {
    about: 'Where images are pushed to and fetched from, without a tag.',
    example: '123456789012.dkr.ecr.eu-west-1.amazonaws.com/cartwright-prod-cart-api',
    usedBy: '`docker push`, builds of your own',
  },
  dynamodb_table_name: {
    about: 'The table of carts, orders, kept answers and outbox.',
    example: 'cartwright-prod-carts',
    usedBy: '`aws dynamodb`, a restore',
  },
  redis_endpoint: {
    about:
      "The name of Redis' primary, which follows a failover. It is reached from inside the network alone, by TLS on port 6379.",
    example: 'master.cartwright-prod-cart.abc123.euw1.cache.amazonaws.com',
    usedBy: '`redis-cli` in the network',
  },
  redis_secret_arn: {
    about: 'The secret that holds the token of Redis.',
    example:
      'arn:aws:secretsmanager:eu-west-1:123456789012:secret:cartwright-prod-cart-redis-0123456789-AbCdEf',
    usedBy: '`npm run rotate`, and the first rotation in `npm run deploy`',
  },
  event_bus_name: {
    about: 'The bus that the API publishes its events to.',
    example: 'cartwright-prod-events',
    usedBy: 'rules of your own',
  },
  queue_url: {
    about: 'The queue in which orders wait for their consumer.',
    example: 'https://sqs.eu-west-1.amazonaws.com/123456789012/cartwright-prod-orders',
    usedBy: 'the consumer of orders',
  },
  cluster_name: {
    about: 'The ECS cluster.',
    example: 'cartwright-prod',
    usedBy: '`aws ecs`',
  },
  service_name: {
    about: 'The ECS service of the API.',
    example: 'cartwright-prod-cart-api',
    usedBy: '`aws ecs`',
  },
  dashboard_urls: {
    about: "Where the console shows the dashboards: the application's, and Redis'. A list.",
    example:
      'https://eu-west-1.console.aws.amazon.com/cloudwatch/home?region=eu-west-1#dashboards:name=cartwright-prod-application',
    usedBy: 'people',
  },
  estimated_monthly_cost: {
    about:
      'What a month costs before the first request, in US dollars: at the list prices of eu-west-1, without free tier and tax. `npm run cost` tells of what, and what requests add.',
    example: '980.00',
    usedBy: 'people',
  },
  codestar_connection_arn: {
    about: 'The connection to the code host.',
    example: 'arn:aws:codeconnections:eu-west-1:123456789012:connection/00000000-0000-4000-8000-000000000000',
    usedBy: 'another environment that shares it (`codestarConnectionArn`)',
    where: WITH_PIPELINE,
  },
  codestar_connection_status: {
    about:
      '`PENDING` until somebody authorises the connection in the console, then `AVAILABLE`; as the last plan or deploy saw it.',
    example: 'PENDING',
    usedBy: 'people, before the first release',
    where: WITH_PIPELINE,
  },
  pipeline_url: {
    about: 'Where the console shows the pipeline.',
    example:
      'https://eu-west-1.console.aws.amazon.com/codesuite/codepipeline/pipelines/cartwright-prod/view?region=eu-west-1',
    usedBy: 'people',
    where: WITH_PIPELINE,
  },
  state_bucket: {
    about: "The bucket that holds the Terraform states of the account's environments in this region.",
    example: 'cartwright-tfstate-123456789012-eu-west-1',
    usedBy: '`aws s3api`, when an older state is wanted',
    where: 'state backends',
  },
} as const satisfies Record<string, Output>

export type OutputName = keyof typeof OUTPUTS

/** All of them, in the table's order. */
export function allOutputs(): readonly (readonly [OutputName, Output])[] {
  // Object.entries forgets that the keys are the table's.
  return Object.entries<Output>(OUTPUTS) as [OutputName, Output][]
}
