/**
 * Looks again and again, one look after the other. What goes wrong is told once, until another thing does or none.
 *
 * @param interval in milliseconds, between two looks
 * @returns ends it
 */
export function follow(
  look: () => Promise<void>,
  interval: number,
  failed: (message: string) => void,
): () => void {
  let timer: NodeJS.Timeout | undefined
  let hasEnded = false
  let told: string | undefined
  const again = async (): Promise<void> => {
    try {
      await look()
      told = undefined
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error)
      if (!hasEnded && message !== told) failed(message)
      told = message
    }
    if (!hasEnded) timer = setTimeout(() => void again(), interval)
  }
  timer = setTimeout(() => void again(), interval)
  return () => {
    hasEnded = true
    clearTimeout(timer)
  }
}
