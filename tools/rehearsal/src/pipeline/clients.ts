import { CodeBuild } from '@aws-sdk/client-codebuild'
import { CodePipeline } from '@aws-sdk/client-codepipeline'
import { EventBridge } from '@aws-sdk/client-eventbridge'
import { S3 } from '@aws-sdk/client-s3'
import { Clients, type Keys, type Place, settingsOf } from '../clients/index.ts'

/** And those that only delivery needs. */
export class DeliveryClients extends Clients {
  readonly codebuild: CodeBuild
  readonly codepipeline: CodePipeline
  readonly events: EventBridge
  readonly s3: S3

  constructor(place: Place, keys: Keys) {
    super(place, keys)
    const settings = settingsOf(place, keys)
    this.codebuild = new CodeBuild(settings)
    this.codepipeline = new CodePipeline(settings)
    this.events = new EventBridge(settings)
    this.s3 = new S3({ ...settings, forcePathStyle: true })
  }

  override as(keys: Keys): DeliveryClients {
    return new DeliveryClients(this.place, keys)
  }
}
