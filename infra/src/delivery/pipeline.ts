import { DEPLOYMENT_MINUTES, type Environment } from '@cartwright/environments'
import { Codepipeline, type CodepipelineConfig } from '#aws/codepipeline'
import { Construct } from '#terraform'
import type { Place } from '../base/place.ts'
import { Role } from '../base/role.ts'
import type { Service } from '../service/service.ts'
import type { ArtifactStore } from './artifact-store.ts'
import type { Connection } from './connection.ts'
import type { Project } from './project.ts'

export interface PipelineProps extends Pick<Environment, 'repositoryId' | 'branch' | 'manualApproval'> {
  readonly name: string
  readonly environmentName: string
  readonly place: Place
  readonly connection: Connection
  readonly artifacts: ArtifactStore
  /** What the image comes from, and what that is called. */
  readonly image: { readonly stage: 'Build' | 'Promote'; readonly project: Project }
  readonly smoke: Project
  readonly service: Service
}

type Stage = Extract<CodepipelineConfig['stage'], unknown[]>[number]
type Action = Extract<Stage['action'], unknown[]>[number]

/** The stage whose failure undoes a release. */
export const DEPLOY_STAGE = 'Deploy'

const SOURCE_ACTION = 'Source'
const SOURCES = 'source'
const IMAGE = 'image'

/**
 * What a push to the branch goes through, one run after the other:
 *
 *     Source ─ Build ───────────── Deploy: ECS, then Smoke      where images are built
 *     Source ─ Promote ─ Approve ─ Deploy: ECS, then Smoke      where proven ones are taken over; approval by a switch
 *
 * When the last stage fails, the release before it is deployed again. The pipeline runs once as soon as it is made.
 *
 * Cost: $0.002 for each minute of an action, after 100 free ones a month.
 */
export class Pipeline extends Construct {
  readonly name: string
  readonly url: string
  readonly arn: string
  readonly #props: PipelineProps

  constructor(scope: Construct, id: string, props: PipelineProps) {
    super(scope, id)
    this.#props = props
    const { name, place } = props
    const role = this.#makeRole()
    const pipeline = this.#make(role)
    this.name = name
    this.arn = pipeline.arn
    this.url = `https://${place.region}.console.aws.amazon.com/codesuite/codepipeline/pipelines/${name}/view?region=${place.region}`
  }

  /** Lets a role see what the actions of a run did. */
  grantReadActions(role: Role): void {
    const { name, place } = this.#props
    role.allow({
      sid: 'ReadActions',
      actions: ['codepipeline:ListActionExecutions'],
      resources: [place.arn('codepipeline', name)],
    })
  }

  #makeRole(): Role {
    const { name, place, connection, artifacts, image, smoke, service } = this.#props
    const role = new Role(this, 'role', {
      name: `${name}-pipeline`,
      description: 'Releases the API',
      service: 'codepipeline.amazonaws.com',
      place,
      conditions: { ArnLike: { 'aws:SourceArn': place.arn('codepipeline', name) } },
    })
    connection.grantUse(role)
    artifacts.grantReadWrite(role)
    artifacts.grantPublish(role)
    image.project.grantRun(role)
    smoke.grantRun(role)
    service.grantDeploy(role)
    return role
  }

  #make(role: Role): Codepipeline {
    const { name, branch, artifacts, image, smoke, manualApproval } = this.#props
    return new Codepipeline(this, 'pipeline', {
      name,
      roleArn: role.arn,
      pipelineType: 'V2',
      executionMode: 'QUEUED',
      artifactStore: [
        {
          type: 'S3',
          location: artifacts.bucketName,
          encryptionKey: { type: 'KMS', id: artifacts.key.arn },
        },
      ],
      stage: [
        { name: 'Source', action: [this.#source()] },
        { name: image.stage, action: [this.#image()] },
        ...(manualApproval ? [{ name: 'Approve', action: [this.#approval()] }] : []),
        {
          name: DEPLOY_STAGE,
          action: [this.#deployment(), this.#smoke()],
          onFailure: { result: 'ROLLBACK' },
        },
      ],
      trigger: [
        {
          providerType: 'CodeStarSourceConnection',
          gitConfiguration: {
            sourceActionName: SOURCE_ACTION,
            push: [{ branches: { includes: [branch] } }],
          },
        },
      ],
      // The first run starts by itself.
      dependsOn: [role, image.project.role, smoke.role].flatMap(({ granted }) => [...granted]),
    })
  }

  /** A clone, as only that tells the tree of the sources. */
  #source(): Action {
    const { connection, repositoryId, branch } = this.#props
    return {
      ...action('Source', 'CodeStarSourceConnection'),
      name: SOURCE_ACTION,
      outputArtifacts: [SOURCES],
      configuration: {
        ConnectionArn: connection.arn,
        // Without one nothing is deployed (environments: missingToDeploy).
        FullRepositoryId: repositoryId ?? '',
        BranchName: branch,
        OutputArtifactFormat: 'CODEBUILD_CLONE_REF',
        // The trigger does, which looks at the branch; both would start it twice.
        DetectChanges: 'false',
      },
    }
  }

  #image(): Action {
    const { image } = this.#props
    return {
      ...action('Build', 'CodeBuild'),
      name: image.stage,
      // What it tells of the image, the approval shows, and a failed release is found by.
      namespace: 'Image',
      inputArtifacts: [SOURCES],
      outputArtifacts: [IMAGE],
      configuration: { ProjectName: image.project.name },
    }
  }

  #approval(): Action {
    const { environmentName } = this.#props
    return {
      ...action('Approval', 'Manual'),
      name: 'Approve',
      configuration: { CustomData: `Deploys #{Image.IMAGE_TAG} to ${environmentName}` },
    }
  }

  #deployment(): Action {
    const { service } = this.#props
    return {
      ...action('Deploy', 'ECS'),
      name: 'Deploy',
      runOrder: 1,
      inputArtifacts: [IMAGE],
      configuration: {
        ClusterName: service.clusterName,
        ServiceName: service.serviceName,
        FileName: 'imagedefinitions.json',
        DeploymentTimeout: String(DEPLOYMENT_MINUTES),
      },
    }
  }

  #smoke(): Action {
    const { smoke } = this.#props
    return {
      ...action('Test', 'CodeBuild'),
      name: 'Smoke',
      runOrder: 2,
      inputArtifacts: [IMAGE],
      configuration: { ProjectName: smoke.name },
    }
  }
}

/** One of AWS's own kinds of actions. */
function action(
  category: string,
  provider: string,
): Pick<Action, 'category' | 'owner' | 'provider' | 'version'> {
  return { category, owner: 'AWS', provider, version: '1' }
}
