import { MERGE_STRATEGIES } from '@cartwright/cart-domain'
import {
  choice,
  flag,
  httpUrl,
  integer,
  list,
  optional,
  originOf,
  pathOrHttpUrl,
  type Setting,
  text,
} from './kinds.ts'

/** Largest time span that a setting takes: ten years in seconds. */
const TEN_YEARS = 315_360_000

/**
 * Every setting of the process, and the only place that names them: reading, validation, documentation and the
 * container's environment all come from this table.
 */
export const SETTINGS = {
  port: integer({
    name: 'PORT',
    about: 'The TCP port to listen on; 0 takes a free one.',
    fallback: '8080',
    min: 0,
    max: 65_535,
  }),
  host: text({
    name: 'HOST',
    about:
      'The address to listen on. The default is reached from this machine only; a container needs 0.0.0.0.',
    fallback: '127.0.0.1',
    pattern: /^[A-Za-z0-9.:_-]{1,255}$/,
    wanted: 'an IP address or a host name',
  }),
  deployment: text({
    name: 'DEPLOYMENT',
    about:
      'The environment that this process belongs to. Where the name begins with `prod`, it refuses to start without verified identities.',
    fallback: 'local',
    pattern: /^[a-z][a-z0-9-]{0,30}$/,
    wanted: 'a lower-case name such as local, dev, staging or prod',
  }),
  release: text({
    name: 'RELEASE',
    about: 'What is running, usually the commit; told by `GET /metadata` and `GET /health`.',
    fallback: 'unreleased',
    pattern: /^[\x21-\x7e]{1,128}$/,
    wanted: '1 to 128 visible characters',
  }),
  store: choice({
    name: 'STORE',
    about:
      'Where carts stay: `sqlite` in a file of this machine, `dynamodb` in a table that any number of processes share, `cached` in such a table with Redis in front of it as a cache, `redis` in a Redis that they share (it loses what Redis loses: see the guarantees).',
    fallback: 'sqlite',
    of: ['sqlite', 'dynamodb', 'cached', 'redis'],
  }),
  redisUrl: optional(
    text({
      name: 'REDIS_URL',
      about:
        'The Redis server, wanted with `STORE=redis` and `STORE=cached`: `redis[s]://[[user][:password]@]host[:port][/database]`; `rediss` is TLS.',
      fallback: '',
      pattern: /^rediss?:\/\/[^/\s]+(\/\d+)?$/i,
      wanted: 'a URL such as redis://localhost:6379 or rediss://user:password@redis.example:6379',
    }),
  ),
  redisSecretArn: optional(
    text({
      name: 'REDIS_SECRET_ARN',
      about:
        'The secret in Secrets Manager that holds the password of Redis: as it is, or as JSON with `password` and perhaps `username`. Read again when Redis refuses it, so a rotation needs no restart. Without it, what `REDIS_URL` says.',
      fallback: '',
      pattern: /^[A-Za-z0-9/_+=.@:-]{1,2048}$/,
      wanted: 'the ARN or the name of a secret',
    }),
  ),
  redisWaitReplicas: integer({
    name: 'REDIS_WAIT_REPLICAS',
    about:
      'How many replicas must have a change before it is acknowledged, with `STORE=redis`; with fewer of them it is answered with 503 and an unknown outcome. See the guarantees for what that narrows.',
    fallback: '0',
    min: 0,
    max: 5,
  }),
  events: optional(
    text({
      name: 'EVENTS',
      about:
        'Where the events of changes go: `log` (the file `events.ndjson` in `DATA_DIR`; the default with `STORE=sqlite`), `eventbridge` (the default where `EVENT_BUS_NAME` is set), an http or https URL (each call is `POST {"events": […]}`), `none` (they stay in the outbox, for another process to deliver).',
      fallback: '',
      pattern: /^(none|log|eventbridge|https?:\/\/[^@\s]+)$/i,
      wanted: 'none, log, eventbridge, or an http or https URL without user and password',
    }),
  ),
  eventBusName: optional(
    text({
      name: 'EVENT_BUS_NAME',
      about: 'The EventBridge bus, its name or its ARN; wanted with `EVENTS=eventbridge`.',
      fallback: '',
      pattern: /^[A-Za-z0-9_./:-]{1,1600}$/,
      wanted: 'the name or the ARN of an event bus',
    }),
  ),
  tableName: optional(
    text({
      name: 'TABLE_NAME',
      about:
        'The DynamoDB table, wanted with `STORE=dynamodb` and `STORE=cached`. Region and credentials are found as by every AWS SDK (`AWS_REGION`, the task role).',
      fallback: '',
      pattern: /^[A-Za-z0-9_.-]{3,255}$/,
      wanted: 'the name of a table: 3 to 255 of A-Z a-z 0-9 _ . -',
    }),
  ),
  dataDir: text({
    name: 'DATA_DIR',
    about:
      'The folder of the embedded store (`STORE=sqlite`), made if it is missing; relative to the working folder.',
    fallback: '.data',
    wanted: 'a path',
  }),
  sqliteSynchronous: choice({
    name: 'SQLITE_SYNCHRONOUS',
    about:
      'What an acknowledged change survives with the embedded store: `full` a crash and a power cut, `normal` a crash (a power cut may take the last changes) at a fraction of the disk flushes.',
    fallback: 'full',
    of: ['full', 'normal'],
  }),
  identity: choice({
    name: 'IDENTITY',
    about:
      'Who a request comes from: `none` (everybody is a guest), `header` (trusts `X-User-ID`: only behind something that sets it), `jwt` (verifies a Bearer token).',
    fallback: 'none',
    of: ['none', 'header', 'jwt'],
  }),
  allowInsecureIdentity: flag({
    name: 'ALLOW_INSECURE_IDENTITY',
    about: 'Lets a deployment whose name begins with `prod` start with an `IDENTITY` other than `jwt`.',
    fallback: 'false',
  }),
  jwtIssuer: optional(
    text({
      name: 'JWT_ISSUER',
      about: 'The issuer (`iss`) that tokens must have. Needed by `IDENTITY=jwt`.',
      fallback: '',
      wanted: 'the issuer exactly as it stands in the tokens',
    }),
  ),
  jwtAudience: optional(
    text({
      name: 'JWT_AUDIENCE',
      about: 'The audience (`aud`) that tokens must have. Needed by `IDENTITY=jwt`.',
      fallback: '',
      wanted: 'the audience exactly as it stands in the tokens',
    }),
  ),
  jwtJwksUrl: httpUrl({
    name: 'JWT_JWKS_URL',
    about: 'Where the identity provider publishes its keys (RFC 7517). Needed by `IDENTITY=jwt`.',
  }),
  jwtAlgorithms: list({
    name: 'JWT_ALGORITHMS',
    about: 'The signature algorithms that tokens may use, separated by commas; only asymmetric ones.',
    fallback: 'RS256,ES256,EdDSA',
    each: (word) => (/^(RS|PS|ES)(256|384|512)$|^EdDSA$/.test(word) ? word : undefined),
    wanted: 'names such as RS256, PS256, ES256 or EdDSA, separated by commas',
  }),
  catalog: pathOrHttpUrl({
    name: 'CATALOG',
    about:
      'Where products and prices come from: a JSON file, the http(s) URL of a product service, or `demo` for the catalog that comes with the API.',
    fallback: 'demo',
    wanted: 'the path of a JSON file, an http(s) URL without user and password, or demo',
  }),
  catalogTimeout: integer({
    name: 'CATALOG_TIMEOUT_MS',
    about: 'How long one request to the product service may take, in milliseconds.',
    fallback: '1000',
    min: 1,
    max: 60_000,
  }),
  catalogFresh: integer({
    name: 'CATALOG_FRESH_SECONDS',
    about: 'How long an answer of the product service is used without asking again, in seconds.',
    fallback: '30',
    min: 0,
    max: TEN_YEARS,
  }),
  catalogStale: integer({
    name: 'CATALOG_STALE_SECONDS',
    about: 'How old a price may be, in seconds, that is used while the product service does not answer.',
    fallback: '300',
    min: 0,
    max: TEN_YEARS,
  }),
  catalogCurrency: text({
    name: 'CATALOG_CURRENCY',
    about: 'The currency in which an empty cart is shown until the product service has told one.',
    fallback: 'EUR',
    pattern: /^[A-Z]{3}$/,
    wanted: 'an ISO 4217 code such as EUR',
  }),
  guestCartTtl: integer({
    name: 'GUEST_CART_TTL_SECONDS',
    about: "How long a guest's cart lives after its last change, in seconds.",
    fallback: '86400',
    min: 1,
    max: TEN_YEARS,
  }),
  userCartTtl: integer({
    name: 'USER_CART_TTL_SECONDS',
    about: "How long a user's cart lives after its last change, in seconds.",
    fallback: '604800',
    min: 1,
    max: TEN_YEARS,
  }),
  maxLines: integer({
    name: 'MAX_LINES',
    about: 'The most lines in a cart.',
    fallback: '200',
    min: 1,
    max: 1_000,
  }),
  maxLineQuantity: integer({
    name: 'MAX_LINE_QUANTITY',
    about: 'The most pieces of one line.',
    fallback: '99',
    min: 1,
    max: 2_147_483_647,
  }),
  mergeStrategy: choice({
    name: 'MERGE_STRATEGY',
    about: 'What a merge does with a line that both carts have, when the request does not say.',
    fallback: 'sum',
    of: MERGE_STRATEGIES,
  }),
  requestTimeout: integer({
    name: 'REQUEST_TIMEOUT_MS',
    about:
      'How long a request may wait for its cart and for the store, in milliseconds; then it is answered with 503.',
    fallback: '10000',
    min: 100,
    max: 60_000,
  }),
  corsOrigins: list({
    name: 'CORS_ORIGINS',
    about: 'The origins whose pages may call the API, separated by commas. Empty: none (CORS is off).',
    fallback: '',
    each: originOf,
    wanted: 'origins such as https://shop.example, separated by commas',
  }),
  logLevel: choice({
    name: 'LOG_LEVEL',
    about: 'The least important log lines that are written; each request is one line of level `info`.',
    fallback: 'info',
    of: ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'],
  }),
  shutdownDelay: integer({
    name: 'SHUTDOWN_DELAY_SECONDS',
    about:
      "How long the process keeps serving after SIGTERM, already unready, in seconds: the load balancer's deregistration delay.",
    fallback: '0',
    min: 0,
    max: 120,
  }),
  drainTimeout: integer({
    name: 'DRAIN_TIMEOUT_SECONDS',
    about: 'How long requests under way may take to end after that, in seconds.',
    fallback: '15',
    min: 1,
    max: 120,
  }),
} satisfies Record<string, Setting<unknown>>

type SettingValue<Kind> = Kind extends Setting<infer Value> ? Value : never
/** The values of all settings. */
export type Settings = { readonly [Key in keyof typeof SETTINGS]: SettingValue<(typeof SETTINGS)[Key]> }
