/** Temporary credentials of a role. */
export interface Credentials {
  readonly accessKeyId: string
  readonly secretAccessKey: string
  readonly sessionToken: string
  /** Milliseconds since 1970. */
  readonly expiresAt: number
}

/** What ECS asks of other services on behalf of a task, each time with a role's credentials. */
export interface Aws {
  /** Takes a role as `ecs-tasks.amazonaws.com` does. */
  assume(roleArn: string): Promise<Credentials>
  /** Secrets Manager's GetSecretValue, by ARN and, where given, version. */
  secretValue(request: SecretRequest, as: Credentials | undefined): Promise<string>
  /** Systems Manager's GetParameters with decryption, by ARN or name. */
  parameterValue(parameter: string, as: Credentials | undefined): Promise<string>
  /** CloudWatch Logs' CreateLogStream. */
  createLogStream(stream: LogStream, as: Credentials | undefined): Promise<void>
  /** CloudWatch Logs' PutLogEvents. */
  putLogEvents(stream: LogStream, events: readonly LogEvent[], as: Credentials | undefined): Promise<void>
}

export interface SecretRequest {
  readonly secretArn: string
  readonly versionStage?: string
  readonly versionId?: string
}

export interface LogStream {
  readonly group: string
  readonly stream: string
}

export interface LogEvent {
  /** Milliseconds since 1970. */
  readonly timestamp: number
  readonly message: string
}
