import type { Environment } from '@cartwright/environments'
import { CodebuildProject } from '#aws/codebuild-project'
import { Construct } from '#terraform'
import type { Key } from '../base/key.ts'
import { LogGroup } from '../base/log-group.ts'
import type { Place } from '../base/place.ts'
import { Role } from '../base/role.ts'
import { type BuildspecName, readBuildspec } from './buildspec.ts'

export interface ProjectProps extends Pick<Environment, 'logRetentionDays'> {
  /** The environment's; the project's own name comes behind it. */
  readonly baseName: string
  /** The project's name and its buildspec's. */
  readonly does: BuildspecName
  readonly description: string
  readonly place: Place
  readonly key: Key
  /** What the buildspec is told. None of them is a secret. */
  readonly variables: Readonly<Record<string, string>>
  /** Minutes after which it is stopped. */
  readonly minutes: number
  /** Whether it is an action of a pipeline, which gives it its sources. @default true */
  readonly inPipeline?: boolean
  /** Whether it builds images, which takes a privileged container. @default false */
  readonly buildsImages?: boolean
  /** Where it keeps what the next run needs again. @default nowhere */
  readonly cacheLocation?: string
}

/** ARM, as the tasks are: an image is built for the machine that it is built on. */
const MACHINE = {
  type: 'ARM_CONTAINER',
  computeType: 'BUILD_GENERAL1_SMALL',
  image: 'aws/codebuild/amazonlinux-aarch64-standard:3.0',
  imagePullCredentialsType: 'CODEBUILD',
} as const

/**
 * A project of CodeBuild with a role and a log of its own. It begins with the right to write its log; whoever makes it
 * grants the rest.
 *
 * Cost: $0.0034 for each minute that it runs.
 */
export class Project extends Construct {
  readonly name: string
  readonly role: Role
  readonly arn: string
  readonly #does: BuildspecName
  readonly #granted: string

  constructor(scope: Construct, id: string, props: ProjectProps) {
    super(scope, id)
    const { baseName, does, place } = props
    this.#does = does
    const name = projectName(baseName, does)
    // Rights come before the project.
    this.#granted = place.arn('codebuild', `project/${name}`)
    this.role = new Role(this, 'role', {
      name,
      description: props.description,
      service: 'codebuild.amazonaws.com',
      place,
      conditions: { ArnLike: { 'aws:SourceArn': this.#granted } },
    })
    const log = new LogGroup(this, 'log', { ...props, name: `/${baseName}/delivery/${does}` })
    log.grantWrite(this.role, 'WriteLog')
    const project = this.#make(name, props, log)
    this.name = project.name
    this.arn = project.arn
  }

  /** Lets a pipeline run it, and see how it ended. */
  grantRun(role: Role): void {
    role.allow({
      sid: `Run${this.#does[0]?.toUpperCase()}${this.#does.slice(1)}`,
      actions: ['codebuild:BatchGetBuilds', 'codebuild:StartBuild'],
      resources: [this.#granted],
    })
  }

  /** Lets a role start it. */
  grantStart(role: Role): void {
    role.allow({ sid: 'Start', actions: ['codebuild:StartBuild'], resources: [this.#granted] })
  }

  #make(name: string, props: ProjectProps, log: LogGroup): CodebuildProject {
    const { inPipeline = true, buildsImages = false, cacheLocation } = props
    return new CodebuildProject(this, 'project', {
      name,
      description: props.description,
      serviceRole: this.role.arn,
      encryptionKey: props.key.arn,
      buildTimeout: props.minutes,
      queuedTimeout: 60,
      artifacts: { type: inPipeline ? 'CODEPIPELINE' : 'NO_ARTIFACTS' },
      source: { type: inPipeline ? 'CODEPIPELINE' : 'NO_SOURCE', buildspec: readBuildspec(props.does) },
      environment: {
        ...MACHINE,
        privilegedMode: buildsImages,
        environmentVariable: Object.entries(props.variables).map(([name, value]) => ({ name, value })),
      },
      ...(cacheLocation === undefined ? {} : { cache: { type: 'S3', location: cacheLocation } }),
      // By its name, so that the group is there before the project, and goes after it.
      logsConfig: { cloudwatchLogs: { groupName: log.name, status: 'ENABLED' } },
    })
  }
}

/** The name of a project and of its role: one that other accounts know it by. */
export function projectName(baseName: string, does: BuildspecName): string {
  return `${baseName}-${does}`
}
