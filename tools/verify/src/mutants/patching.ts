/** Another text in the place of one that stands in a source file exactly once. */
export interface Patch {
  /** From the repository's root. */
  readonly file: string
  readonly find: string
  readonly replace: string
}

/**
 * The texts of the patched files, by their names. Patches of one file are made one after the other.
 *
 * @param textOf the text of a file as it is
 * @throws when a text to be replaced is missing or stands there twice: what is patched is not what was meant then
 */
export function patchedTexts(
  patches: readonly Patch[],
  textOf: (file: string) => string,
): ReadonlyMap<string, string> {
  const texts = new Map<string, string>()
  for (const { file, find, replace } of patches) {
    const text = texts.get(file) ?? textOf(file)
    const parts = text.split(find)
    if (parts.length !== 2) {
      throw new Error(`${file} has this text ${parts.length - 1} times; wanted: once\n${find}`)
    }
    texts.set(file, parts.join(replace))
  }
  return texts
}
