// Imported before anything else is: most of the time of a synthesis goes into loading the provider's classes.

import { enableCompileCache, registerHooks } from 'node:module'

// Node keeps what it made of files in its temporary folder: of the classes, and of our TypeScript.
enableCompileCache()

// The provider's package does not say that its files are CommonJS, and Node would parse each of them once more to find out.
registerHooks({
  load: (url, context, next) =>
    next(url, url.includes('/@cdktf/provider-aws/') ? { ...context, format: 'commonjs' } : context),
})
