import { ApplicationAutoScaling } from '@aws-sdk/client-application-auto-scaling'
import { CodePipeline } from '@aws-sdk/client-codepipeline'
import { ECR } from '@aws-sdk/client-ecr'
import { ECS } from '@aws-sdk/client-ecs'
import { SSM } from '@aws-sdk/client-ssm'

/** What is asked of AWS for a release. */
export interface Clients {
  readonly autoScaling: ApplicationAutoScaling
  readonly codepipeline: CodePipeline
  readonly ecr: ECR
  readonly ecs: ECS
  readonly ssm: SSM
}

/** @param profile whose credentials. @default those that every AWS SDK finds */
export function clientsIn(region: string, profile?: string): Clients {
  const settings = { region, ...(profile === undefined ? {} : { profile }) }
  return {
    autoScaling: new ApplicationAutoScaling(settings),
    codepipeline: new CodePipeline(settings),
    ecr: new ECR(settings),
    ecs: new ECS(settings),
    ssm: new SSM(settings),
  }
}
