import { REGION } from '../environment.ts'
import { MOTO } from '../find/moto.ts'
import { type Gap, readGaps } from '../gaps.ts'
import { SETTINGS } from '../settings.ts'

/** The reference page, docs/reference/local-aws.md. */
export function localAwsPage(): string {
  return `<!-- Made from tools/local-aws/src/docs/page.ts and tools/local-aws/emulator/gaps.json by
     \`node tools/local-aws/src/docs/write.ts\`. Change it there. -->

# An AWS on this machine

\`tools/local-aws\` is [moto](https://docs.getmoto.org)'s server, version ${MOTO.version}, with the gaps closed that keep the
real Terraform and the real AWS provider from converging: what is applied to it plans empty, and is destroyed without a
trace. It keeps everything in memory, listens on loopback only, and knows one account, ${'`123456789012`'}.

\`\`\`sh
npm run aws -- up
eval "$(npm run -s aws -- env)"
npm run aws -- down
\`\`\`

\`up\` starts it in the background, on a free port or on \`--port <n>\`, once: a second \`up\` tells where it runs. \`status\`
tells too, and ends with 1 where it does not run. \`env\` prints what points a shell at it.

Tests start their own, as many as they like: \`startLocalAws()\` of \`@cartwright/local-aws\`. Such a one ends with the
process that started it, and tells by \`inventory()\` what was left in it, and by \`redisTokens()\` which tokens each
replication group takes now. With \`lock\` one at a time holds that file.

A service of ECS has at once what it asks for, unless somebody runs its tasks and tells by \`reportService()\` how they are:
then AWS's APIs tell what was reported, and a release is under way until it is reported as done or undone.

Images are pushed, pulled and scanned as at AWS; \`giveFindings()\` says what the scans of a repository find. Builds and
pipelines are played by somebody who asks \`GET /_local-aws/builds\` which were started, and tells by \`POST\` there, and at
\`/_local-aws/pipeline-executions\`, how they go.

## What it needs

Python 3.10 or newer with \`${MOTO.package}\`, which is looked for on PATH and in virtual environments, and otherwise
installed into one of our own in the user's cache folder. Terraform and a mirror of its AWS provider are looked for as
well; without a mirror the provider is downloaded.

| variable | what it says |
|---|---|
${Object.entries(SETTINGS)
  .map(([name, means]) => `| \`${name}\` | ${means} |`)
  .join('\n')}

Where the user has a CLI configuration for Terraform, that one is left as it is, unless a mirror is named.

## What programs are told

\`AWS_ENDPOINT_URL\` alone points Terraform, its S3 backend and the SDKs at it. The variables of \`env\` and of
\`startLocalAws().environment\` add keys that nobody checks, the region (\`${REGION}\`), the mirror
(\`TF_CLI_CONFIG_FILE\`, \`TF_CLI_ARGS_providers_lock\`), \`CHECKPOINT_DISABLE\`, \`AWS_EC2_METADATA_DISABLED\`, \`CI\` and
\`TF_IN_AUTOMATION\`; and take away every other \`AWS_…\` variable and profile, so that nothing leads to a real account.
A provider block needs \`max_retries = 3\`, as it otherwise tries an answer of 500 again for minutes.

## Checking permissions

Nobody is checked, until \`enforce()\` is called, or \`POST /moto-api/reset-auth\` says after how many requests everybody
shall be (as plain text: \`0\`, or \`inf\` for never). The keys of \`AssumeRole\` are then held against the policies of their
role. A refusal names action and resource; \`denials()\` tells all of them, and \`permissions()\` what was permitted to roles.
The keys above are unknown then: \`enforce()\` gives those of \`local-admin\`, who may do everything, and take the roles that
trust AWS's services in their place.

## The gaps

What moto does as it is shipped, and what happens here. Each row is held in both directions by a test: with the gap
closed its check passes, with moto as it is shipped it fails.

| service | operations | moto as shipped | here | why it matters |
|---|---|---|---|---|
${readGaps().map(row).join('\n')}

Closing another one is a row in \`tools/local-aws/emulator/gaps.json\`, a function marked with its key in
\`tools/local-aws/emulator/services\`, and a check of that key in \`tools/local-aws/checks\`; then the command above this
page's title. A service that moto lacks whole is a class with a method for each operation: botocore's model of the
service reads its requests and writes its answers.

## What is still missing

- Tasks, builds, pipelines and deployments do not run, unless somebody plays them and tells how they go; alarms do not
  change their state by themselves; scaling does nothing. What they would have done can be done by the API.
- ECR: nothing is expired by lifecycle rules; layers that no image names any more stay until their repository goes; an index
  of images may name images that are not there.
- ECS: a changed network, platform version or load balancer makes no deployment of its own; StopTask does not know tasks that
  were reported.
- Permissions: permissions boundaries, session policies, resource policies other than those of buckets, and PartiQL are
  not looked at. Conditions know \`aws:SecureTransport\` alone: one on another key never refuses. Requests to the
  services that no row names are about \`*\`; so are ECS's RunTask and StartTask, which also pass on no roles.
- ElastiCache: changes apply at once, but for those of a token; the values of the engine's own parameters are not told; no
  snapshot is restored.
- \`force_destroy\`: access logs of buckets are really written, so a bucket for them is not empty at the end.
- Deletion protection is enforced for load balancers and, by moto itself, for tables. A pool, a stack or a database is
  not among what we deploy.
- Keys that wait for their deletion go on working.
- The Resource Groups Tagging API does not find report groups, scalable targets, and other kinds that the row above does not
  name and moto leaves out.
`
}

function row({ service, apis, moto, here, why }: Gap): string {
  return `| ${service} | ${apis.join(', ')} | ${moto} | ${here} | ${why} |`
}
