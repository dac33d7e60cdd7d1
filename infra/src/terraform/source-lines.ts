import { Node } from './index.ts'

/**
 * Runs something while each element of Terraform keeps the lines of our source that make it, which CDKTF then writes beside it.
 * They are paths of this machine: nobody deploys what comes out.
 */
export function withSourceLines<Result>(run: () => Result): Result {
  const { addMetadata } = Node.prototype
  Node.prototype.addMetadata = function add(type, value, options) {
    addMetadata.call(this, type, value, type === 'stacktrace' ? { ...options, stackTrace: true } : options)
  }
  try {
    return run()
  } finally {
    Node.prototype.addMetadata = addMetadata
  }
}
