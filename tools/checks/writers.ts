/** What writes the pages that are made from tables. Each package that has such a page has its own, and a test of the page. */
export const WRITERS = [
  'apps/cart-api/src/docs/write.ts',
  'environments/src/write-readme.ts',
  'infra/src/docs/write.ts',
  'tools/cost/src/docs/write.ts',
  'tools/local-aws/src/docs/write.ts',
  'tools/pictures/src/write.ts',
  'tools/policy/src/docs/write.ts',
] as const
