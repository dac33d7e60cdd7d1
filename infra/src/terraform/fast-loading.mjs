// Imported before anything else is: most of the time of a synthesis goes into loading the provider's classes.

import { enableCompileCache, registerHooks } from 'node:module'

// Node keeps what it made of files in its temporary folder: of the classes, and of our TypeScript.
enableCompileCache()

// CDKTF loads a packer of archives, and with it a hundred files, for assets that are folders. No stack has one.
const NO_ARCHIVER = `module.exports = () => {
  throw new Error('infra/src/terraform/fast-loading.mjs leaves the archiver out; wanted: an asset that is a file')
}`

registerHooks({
  load: (url, context, next) => {
    if (url.endsWith('/node_modules/archiver/index.js')) {
      return { format: 'commonjs', source: NO_ARCHIVER, shortCircuit: true }
    }
    // The provider's package does not say that its files are CommonJS, and Node would parse each of them once more to find out.
    return next(url, url.includes('/@cdktf/provider-aws/') ? { ...context, format: 'commonjs' } : context)
  },
})
