/** Memory in MiB that Fargate sells with so many CPU units: from, to, and in which steps (ECS guide, task size). */
const MEMORY: Readonly<
  Record<number, { readonly from: number; readonly to: number; readonly step: number }>
> = {
  256: { from: 512, to: 2048, step: 512 },
  512: { from: 1024, to: 4096, step: 1024 },
  1024: { from: 2048, to: 8192, step: 1024 },
  2048: { from: 4096, to: 16_384, step: 1024 },
  4096: { from: 8192, to: 30_720, step: 1024 },
  8192: { from: 16_384, to: 61_440, step: 4096 },
  16384: { from: 32_768, to: 122_880, step: 8192 },
}

/** Whether Fargate runs a task of this size. With 256 units it takes 512, 1024 and 2048 MiB, and not 1536. */
export function isFargateSize(cpu: number, memory: number): boolean {
  const range = MEMORY[cpu]
  if (range === undefined || memory < range.from || memory > range.to) return false
  return (memory - range.from) % range.step === 0 && !(cpu === 256 && memory === 1536)
}

/** What to take instead, in words. */
export function fargateSizes(cpu: number): string {
  const range = MEMORY[cpu]
  if (range === undefined) return 'a CPU size that Fargate knows'
  if (cpu === 256) return '512, 1024 or 2048 with taskCpu 256'
  return `${range.from} to ${range.to} in steps of ${range.step} with taskCpu ${cpu}`
}
