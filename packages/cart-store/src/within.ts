/** The promise, or the error of `late` once it has taken this long; nothing is done about the promise itself. */
export function within<Result>(
  promise: Promise<Result>,
  milliseconds: number,
  late: () => Error,
): Promise<Result> {
  return new Promise((resolve, reject) => {
    // A process that was busy for that long has not looked yet whether the answer is there: it does before the immediate.
    const timer = setTimeout(() => setImmediate(() => reject(late())), milliseconds)
    promise.then(
      (result) => {
        clearTimeout(timer)
        resolve(result)
      },
      (error: unknown) => {
        clearTimeout(timer)
        reject(error)
      },
    )
  })
}
