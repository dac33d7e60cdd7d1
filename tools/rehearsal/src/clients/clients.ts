import { ACM } from '@aws-sdk/client-acm'
import { ApplicationAutoScaling } from '@aws-sdk/client-application-auto-scaling'
import { CloudWatchLogs } from '@aws-sdk/client-cloudwatch-logs'
import { EC2 } from '@aws-sdk/client-ec2'
import { ECR } from '@aws-sdk/client-ecr'
import { ECS } from '@aws-sdk/client-ecs'
import { ElasticLoadBalancingV2 } from '@aws-sdk/client-elastic-load-balancing-v2'
import { ElastiCache } from '@aws-sdk/client-elasticache'
import { IAM } from '@aws-sdk/client-iam'
import { SecretsManager } from '@aws-sdk/client-secrets-manager'
import { SQS } from '@aws-sdk/client-sqs'
import { SSM } from '@aws-sdk/client-ssm'
import { STS } from '@aws-sdk/client-sts'

/** Where the emulator is, and the region of what is asked for. */
export interface Place {
  readonly endpoint: string
  readonly region: string
}

/** Who asks. */
export interface Keys {
  readonly accessKeyId: string
  readonly secretAccessKey: string
  readonly sessionToken?: string
}

/** AWS's own clients, pointed at the emulator: no setting of this machine leads them to a real account. */
export class Clients {
  readonly place: Place
  readonly keys: Keys
  readonly acm: ACM
  readonly autoScaling: ApplicationAutoScaling
  readonly ec2: EC2
  readonly ecr: ECR
  readonly ecs: ECS
  readonly elasticache: ElastiCache
  readonly elbv2: ElasticLoadBalancingV2
  readonly iam: IAM
  readonly logs: CloudWatchLogs
  readonly secrets: SecretsManager
  readonly sqs: SQS
  readonly ssm: SSM
  readonly sts: STS

  constructor(place: Place, keys: Keys) {
    const settings = settingsOf(place, keys)
    this.place = place
    this.keys = keys
    this.acm = new ACM(settings)
    this.autoScaling = new ApplicationAutoScaling(settings)
    this.ec2 = new EC2(settings)
    this.ecr = new ECR(settings)
    this.ecs = new ECS(settings)
    this.elasticache = new ElastiCache(settings)
    this.elbv2 = new ElasticLoadBalancingV2(settings)
    this.iam = new IAM(settings)
    this.logs = new CloudWatchLogs(settings)
    this.secrets = new SecretsManager(settings)
    this.sqs = new SQS(settings)
    this.ssm = new SSM(settings)
    this.sts = new STS(settings)
  }

  /** The same place, asked by somebody else. */
  as(keys: Keys): Clients {
    return new Clients(this.place, keys)
  }
}

/** Of a client that asks the emulator: what a shell may have set for real accounts does not count. */
export function settingsOf(place: Place, keys: Keys) {
  return { ...place, credentials: keys, useFipsEndpoint: false, useDualstackEndpoint: false }
}
