// `node --import <this file> …`: whoever asks for `cdktf` or `constructs` gets cdktn and its constructs, the provider's classes
// too. What docs/decisions/0010-cdktf-confined.md says of a switch is tried so, without one.

import { registerHooks } from 'node:module'

registerHooks({
  resolve(specifier, context, next) {
    const [, name, rest = ''] = /^(cdktf|constructs)(\/.*)?$/.exec(specifier) ?? []
    if (name === undefined) return next(specifier, context)
    // As if this package asked: it has both, in the versions that go together.
    return next((name === 'cdktf' ? 'cdktn' : name) + rest, { ...context, parentURL: import.meta.url })
  },
})
