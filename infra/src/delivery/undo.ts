import { CloudwatchEventRule } from '#aws/cloudwatch-event-rule'
import { CloudwatchEventTarget } from '#aws/cloudwatch-event-target'
import { Construct } from '#terraform'
import { Role } from '../base/role.ts'
import type { Events } from '../events/events.ts'
import { NO_RELEASE, type Registry } from '../registry/registry.ts'
import { API_CONTAINER } from '../service/containers.ts'
import type { Service } from '../service/service.ts'
import { DEPLOY_STAGE, type Pipeline } from './pipeline.ts'
import { Project, type ProjectProps } from './project.ts'

export interface UndoProps extends Pick<ProjectProps, 'baseName' | 'place' | 'key' | 'logRetentionDays'> {
  readonly pipeline: Pipeline
  readonly registry: Registry
  readonly service: Service
  readonly events: Events
}

/**
 * Takes the revision of a failed release out of use, and where it still runs puts the newest one with the image in use in its
 * place, or else the newest that is left. The pipeline itself rolls back only to a release that it made since it was changed last; and Terraform compares
 * with the newest revision, so one that failed would show as a change.
 *
 * Cost: a minute and $0.0034 for each failed release.
 */
export class Undo extends Construct {
  constructor(scope: Construct, id: string, props: UndoProps) {
    super(scope, id)
    const { baseName, pipeline, registry, service } = props
    const project = new Project(this, 'project', {
      ...props,
      does: 'undo',
      description: 'Takes a failed release out of use',
      minutes: 15,
      inPipeline: false,
      variables: {
        PIPELINE: pipeline.name,
        RELEASE_PARAMETER: registry.releaseParameterName,
        NO_RELEASE,
        CLUSTER: service.clusterName,
        SERVICE: service.serviceName,
        TASK_FAMILY: service.taskFamily,
        CONTAINER: API_CONTAINER,
      },
    })
    pipeline.grantReadActions(project.role)
    registry.grantReadRelease(project.role)
    service.grantDeregister(project.role)
    service.grantExchange(project.role)
    this.#start(props, project, `${baseName}-undo`)
  }

  /** When the stage fails, or somebody stops it: with which run it was, and when. */
  #start({ baseName, pipeline, place, events }: UndoProps, project: Project, name: string): void {
    const rule = new CloudwatchEventRule(this, 'failed', {
      name,
      description: 'A release failed',
      eventPattern: JSON.stringify({
        source: ['aws.codepipeline'],
        'detail-type': ['CodePipeline Stage Execution State Change'],
        detail: { pipeline: [pipeline.name], stage: [DEPLOY_STAGE], state: ['FAILED', 'STOPPED'] },
      }),
    })
    const role = new Role(this, 'events-role', {
      name: `${baseName}-undo-start`,
      description: 'Starts what takes a failed release out of use',
      service: 'events.amazonaws.com',
      place,
      conditions: { ArnLike: { 'aws:SourceArn': place.arn('events', `rule/${name}`) } },
    })
    project.grantStart(role)
    // A start that AWS refuses, say because of too many builds at once, is otherwise lost without a word.
    events.undelivered.allowEvents(rule.arn)
    new CloudwatchEventTarget(this, 'target', {
      rule: rule.name,
      targetId: 'undo',
      arn: project.arn,
      roleArn: role.arn,
      deadLetterConfig: { arn: events.undelivered.arn },
      // Its own checks make a late one harmless, but nobody waits for it.
      retryPolicy: { maximumEventAgeInSeconds: 3600, maximumRetryAttempts: 185 },
      inputTransformer: {
        inputPaths: { execution: '$.detail.execution-id', time: '$.time' },
        inputTemplate: JSON.stringify({
          environmentVariablesOverride: [
            { name: 'EXECUTION', type: 'PLAINTEXT', value: '<execution>' },
            { name: 'FAILED_AT', type: 'PLAINTEXT', value: '<time>' },
          ],
        }),
      },
      dependsOn: [...role.granted],
    })
  }
}
