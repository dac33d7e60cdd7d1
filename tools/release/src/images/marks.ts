/** `in-use-<tree>-<commit>`: what an image is kept by, and found by the tree of sources (infra/src/registry/registry.ts). */
const MARK = /^in-use-([^-]+)-(.+)$/

/** An image that has proven itself. */
export interface Mark {
  /** The commit's, which revisions name. */
  readonly tag: string
  readonly tree: string
}

export function shownMark({ tree, tag }: Mark): string {
  return `in-use-${tree}-${tag}`
}

/** @returns undefined for a tag that is no mark */
export function readMark(tag: string): Mark | undefined {
  const [, tree, commit] = MARK.exec(tag) ?? []
  return tree === undefined || commit === undefined ? undefined : { tree, tag: commit }
}
