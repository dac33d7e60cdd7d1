import type { Asked as Request } from '../process/keep-alive.ts'
import type { LineAction } from './model-lines.ts'
import type { Asked } from './model-shop.ts'

/** Method, path and body of a change, as the OpenAPI document has them. */
export type Wire = Pick<Request, 'method' | 'path' | 'body'>

/** `strategy` is left to its default where the client does not say. */
export function wireOf(asked: Asked, saysStrategy: boolean): Wire {
  switch (asked.type) {
    case 'lines':
      return asked.isList ? post('/cart/actions', { actions: asked.actions }) : wireOfOne(asked.actions[0])
    case 'merge': {
      const strategy = saysStrategy ? { strategy: asked.strategy } : {}
      return post('/cart/merge', { sourceCartId: asked.source, ...strategy })
    }
    case 'checkout':
      return post(
        '/checkout/start',
        asked.expectedTotal === undefined ? undefined : { expectedTotal: asked.expectedTotal },
      )
  }
}

function wireOfOne(action: LineAction | undefined): Wire {
  if (action === undefined || action.type === 'clear') return { method: 'DELETE', path: '/cart' }
  const { type, productId, variant, quantity } = action
  const path = `/cart/items/${productId}`
  const inVariant = variant === undefined ? {} : { variant }
  switch (type) {
    case 'add':
      return post('/cart/items', { productId, quantity, ...inVariant })
    case 'set':
      return { method: 'PATCH', path, body: { quantity, ...inVariant } }
    case 'remove':
      return { method: 'DELETE', path: variant === undefined ? path : `${path}?variant=${variant}` }
  }
}

function post(path: string, body: object | undefined): Wire {
  return { method: 'POST', path, ...(body === undefined ? {} : { body }) }
}
