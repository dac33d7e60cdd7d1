const path = require('node:path')

/** Tests that start processes or run for long end in `.system.test.ts`; `npm run check` leaves them out. */
module.exports = {
  rootDir: __dirname,
  testEnvironment: 'node',
  testSequencer: path.join(__dirname, 'tools/checks/order.cjs'),
  // It tells of what hangs, not of what is slow: other programs may keep the machine busy.
  testTimeout: 60_000,
  testMatch: ['<rootDir>/{apps,docs,environments,infra,packages,tools}/**/*.test.ts'],
  testPathIgnorePatterns: process.env.UNIT_ONLY
    ? ['\\.system\\.test\\.ts$', '/node_modules/']
    : ['/node_modules/'],
  transform: {
    '\\.m?[jt]s$': [
      '@swc/jest',
      { jsc: { target: 'es2024', parser: { syntax: 'typescript' } }, module: { type: 'commonjs' } },
    ],
  },
  // These ship ES modules only; everything else in node_modules is CommonJS already.
  transformIgnorePatterns: ['/node_modules/(?!(\\.pnpm/)?(typebox|jose)[@/])'],
  cacheDirectory: path.join(__dirname, 'node_modules', '.cache', 'jest'),
}
