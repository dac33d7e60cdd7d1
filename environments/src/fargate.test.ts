import { fargateSizes, isFargateSize } from './fargate.ts'

test.each([
  [256, 512],
  [256, 1024],
  [256, 2048],
  [512, 1024],
  [1024, 8192],
  [2048, 4096],
  [4096, 30_720],
  [8192, 20_480],
  [16_384, 122_880],
])('Fargate runs %d CPU units with %d MiB', (cpu, memory) => {
  expect(isFargateSize(cpu, memory)).toBe(true)
})

test.each([
  [256, 1536],
  [256, 4096],
  [512, 512],
  [512, 1536],
  [1024, 9216],
  [2048, 2048],
  [8192, 17_408],
  [16_384, 30_720],
  [300, 512],
])('Fargate does not run %d CPU units with %d MiB', (cpu, memory) => {
  expect(isFargateSize(cpu, memory)).toBe(false)
  expect(fargateSizes(cpu)).not.toBe('')
})
