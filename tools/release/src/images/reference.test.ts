import { imageIn, repositoryOf, tagOf } from './reference.ts'

const REPOSITORY = '123456789012.dkr.ecr.eu-west-1.amazonaws.com/shop-cart-api'
const DIGEST = `${REPOSITORY}@sha256:${'0'.repeat(64)}`

test('an image is of a repository, whatever names it there', () => {
  expect([`${REPOSITORY}:none`, DIGEST].map(repositoryOf)).toEqual([REPOSITORY, REPOSITORY])
  expect([`${REPOSITORY}:none`, DIGEST, undefined].map(tagOf)).toEqual(['none', undefined, undefined])
})

test('another image of the same repository', () => {
  expect(imageIn(`${REPOSITORY}:none`, '0123abc')).toBe(`${REPOSITORY}:0123abc`)
  expect(imageIn(DIGEST, '0123abc')).toBe(`${REPOSITORY}:0123abc`)
})

test('an image of nowhere is refused', () => {
  expect(() => repositoryOf('nginx')).toThrow('image "nginx" names no registry; wanted: one like')
})
