/** What an image says of itself (OCI image specification, "Image Configuration": `config`; `Healthcheck` is Docker's). */
export interface ImageConfig {
  readonly Entrypoint?: readonly string[] | null
  readonly Cmd: readonly string[]
  readonly Env: readonly string[]
  readonly WorkingDir: string
  readonly User: string
  readonly Labels: Readonly<Record<string, string>>
  readonly Healthcheck?: { readonly Test: readonly string[] }
}

/**
 * What an image says of itself, with what it leaves out.
 *
 * @param text the blob that its manifest names as `config`
 */
export function readImageConfig(text: string): ImageConfig {
  // The specification's own form, in which everything may be missing, or null.
  const { config } = JSON.parse(text) as { config?: { [Key in keyof ImageConfig]?: ImageConfig[Key] | null } }
  const { Entrypoint, Cmd, Env, WorkingDir, User, Labels, Healthcheck } = config ?? {}
  return {
    Entrypoint: Entrypoint ?? [],
    Cmd: Cmd ?? [],
    Env: Env ?? [],
    WorkingDir: WorkingDir || '/',
    User: User ?? '',
    Labels: Labels ?? {},
    ...(Healthcheck ? { Healthcheck } : {}),
  }
}
