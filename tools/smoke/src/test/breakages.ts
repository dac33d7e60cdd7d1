import type { Breakage, Passing, Returning } from './front.ts'

/** What breaks one thing, and the checks that notice it: these, and no others. */
interface Broken {
  /** A new one for each run: some remember. */
  readonly breakage: () => Breakage
  readonly noticedBy: readonly string[]
}

type Members = Readonly<Record<string, unknown>>

/** All that goes wrong here, one at a time. */
export const BROKEN: Readonly<Record<string, Broken>> = {
  'a store that fails': {
    breakage: () =>
      telling('GET /health', (body) => ({ ...body, store: { name: 'sqlite', state: 'failing' } })),
    noticedBy: ['the API is up, and so is its store'],
  },
  'one id for all answers': {
    breakage: () => ({
      answer: ({ headers, ...rest }) => ({ ...rest, headers: { ...headers, 'x-request-id': 'the-same' } }),
    }),
    noticedBy: ['an answer names its request and the instance that gave it'],
  },
  'an older release in every second answer': {
    breakage: () => {
      let asked = 0
      return telling('GET /metadata', (body) => {
        asked += 1
        return asked % 2 === 0 ? { ...body, release: 'older' } : body
      })
    },
    noticedBy: ['release this-one answers'],
  },
  'an empty catalog': {
    breakage: () => telling('GET /products', () => ({ products: [] })),
    noticedBy: ['the catalog has products'],
  },
  'a new cart that somebody has changed': {
    breakage: () => telling('GET /cart', (body) => (body['version'] === 0 ? { ...body, version: 1 } : body)),
    noticedBy: ['a new cart has an id of its own, and nothing in it'],
  },
  'an id that is given twice': {
    breakage: () => {
      let minted = 0
      let first: Members = {}
      return telling('POST /cart', (body) => {
        minted += 1
        if (minted === 1) first = body
        return minted === 2 ? first : body
      })
    },
    noticedBy: ['a new cart has an id of its own, and nothing in it'],
  },
  'an add of more than one piece that is lost': {
    breakage: () =>
      ignoring((passing) => isAt(passing, 'POST /cart/items') && sent(passing)['quantity'] === 2),
    noticedBy: [
      'an added item is in the cart, at the price of the catalog',
      'what is added again is added up',
      'a merge adds up what two carts hold, and empties the source',
      'a key that stands for another request is refused',
    ],
  },
  'prices other than those of the catalog': {
    breakage: () =>
      telling('GET /cart', (body) => JSON.parse(JSON.stringify(body).replaceAll('2650', '2651'))),
    noticedBy: ['an added item is in the cart, at the price of the catalog'],
  },
  'one product for all': {
    breakage: () =>
      asking('POST /cart/items', ({ variant, ...body }) =>
        variant === undefined ? body : { ...body, productId: 'pour-over-dripper' },
      ),
    noticedBy: ['another item is a line of its own'],
  },
  'an add that sets': {
    breakage: () => {
      const added = new Set<unknown>()
      return {
        request: (passing) => {
          const { productId, quantity } = sent(passing)
          const cart = passing.headers['x-cart-id']
          if (!isAt(passing, 'POST /cart/items') || !added.has(cart) || quantity !== 2) {
            added.add(cart)
            return passing
          }
          const path = `/cart/items/${String(productId)}`
          return { ...passing, method: 'PATCH', path, body: JSON.stringify({ quantity }) }
        },
      }
    },
    noticedBy: ['what is added again is added up'],
  },
  'a set that is lost': {
    breakage: () => ignoring(({ method, body }) => method === 'PATCH' && body.includes('3')),
    noticedBy: ['a quantity that is set stands'],
  },
  'a removal that is lost': {
    breakage: () => ignoring(({ method, path }) => method === 'DELETE' && path.startsWith('/cart/items/')),
    noticedBy: [
      'a removed item is gone',
      'each version of a cart has a strong ETag of its own',
      'a change of the version that is there is made',
      'a change of a version that is gone is refused',
    ],
  },
  'half a list of changes': {
    breakage: () =>
      asking('POST /cart/actions', ({ actions }) => ({ actions: (actions as unknown[]).slice(0, 1) })),
    noticedBy: ['several changes at once make one version'],
  },
  'a clearing that is lost': {
    breakage: () => ignoring((passing) => isAt(passing, 'DELETE /cart')),
    noticedBy: ['a cleared cart is empty'],
  },
  'a merge that leaves its source as it was': {
    breakage: () => {
      let item: Members = {}
      return {
        request: (passing) => {
          if (isAt(passing, 'POST /cart/items')) item = sent(passing)
          if (!isAt(passing, 'POST /cart/merge') || isIntoItself(passing)) return passing
          return { ...passing, path: '/cart/items', body: JSON.stringify({ ...item, quantity: 1 }) }
        },
      }
    },
    noticedBy: ['a merge adds up what two carts hold, and empties the source'],
  },
  'a merge into itself': {
    breakage: () => ignoring(isIntoItself),
    noticedBy: ['a cart is not merged into itself'],
  },
  'an order whose cart stays full': {
    breakage: () => {
      const ordered = new Map<unknown, Returning>()
      const shown = new Map<unknown, Returning>()
      return {
        answer: (returning, passing) => {
          const cart = passing.headers['x-cart-id']
          if (isAt(passing, 'POST /cart/items')) shown.set(cart, returning)
          const before = shown.get(cart)
          if (returning.status === 201 && before !== undefined) ordered.set(cart, before)
          return isAt(passing, 'GET /cart') ? (ordered.get(cart) ?? returning) : returning
        },
      }
    },
    noticedBy: ['a checkout makes an order of the cart, and empties it'],
  },
  'orders that cannot be read': {
    breakage: () => paging(200, ({ method, path }) => method === 'GET' && path.startsWith('/checkout/')),
    noticedBy: ['an order can be read again'],
  },
  'a checkout that orders again': {
    breakage: () => ({
      answer: (returning, passing) =>
        isAt(passing, 'POST /checkout/start') && returning.status === 200
          ? { ...returning, body: JSON.stringify({ ...JSON.parse(returning.body), orderId: 'another' }) }
          : returning,
    }),
    noticedBy: ['a repeated checkout is the same order'],
  },
  'a checkout at any total': {
    breakage: () => asking('POST /checkout/start', () => ({})),
    noticedBy: ['a checkout at another total than expected makes no order'],
  },
  'an order of an empty cart': {
    breakage: () => accepting('cart-empty'),
    noticedBy: ['an empty cart is not ordered'],
  },
  'keys that are forgotten': {
    breakage: () => losing('idempotency-key'),
    noticedBy: [
      'an add that is sent again with its key counts once',
      'a checkout that is sent again with its key gets its first answer',
      'a key that stands for another request is refused',
    ],
  },
  'no ETag': {
    breakage: () => ({
      answer: ({ headers: { etag: _, ...headers }, ...rest }) => ({ ...rest, headers }),
    }),
    noticedBy: [
      'each version of a cart has a strong ETag of its own',
      'an unchanged cart is answered with 304',
      'a change of the version that is there is made',
      'a change of a version that is gone is refused',
    ],
  },
  'one ETag for all versions': {
    breakage: () => ({
      answer: ({ headers, ...rest }) => ({ ...rest, headers: { ...headers, etag: '"the-same"' } }),
    }),
    noticedBy: [
      'each version of a cart has a strong ETag of its own',
      'an unchanged cart is answered with 304',
      'a change of the version that is there is made',
    ],
  },
  'If-None-Match that is not heard': {
    breakage: () => losing('if-none-match'),
    noticedBy: ['an unchanged cart is answered with 304'],
  },
  'If-Match that is not heard': {
    breakage: () => losing('if-match'),
    noticedBy: ['a change of a version that is gone is refused'],
  },
  'If-Match that nothing matches': {
    breakage: () => ({
      request: ({ headers, ...rest }) => ({
        ...rest,
        headers: { ...headers, ...(headers['if-match'] === undefined ? {} : { 'if-match': '"none"' }) },
      }),
    }),
    noticedBy: ['a change of the version that is there is made'],
  },
  'pages instead of problems': {
    breakage: () => paging(404, () => true),
    noticedBy: [
      'an unknown address is answered with a problem',
      'an unknown order is answered with a problem',
    ],
  },
  'unknown products that can be bought': {
    breakage: () => accepting('unknown-product'),
    noticedBy: ['an unknown product does not come into the cart'],
  },
  'a refusal without reasons': {
    breakage: () => ({
      answer: (returning) =>
        returning.status === 400
          ? { ...returning, body: JSON.stringify({ ...JSON.parse(returning.body), errors: [] }) }
          : returning,
    }),
    noticedBy: ['a malformed request is told what is wrong with it'],
  },
}

/** @param route such as `GET /cart` */
function isAt({ method, path }: Passing, route: string): boolean {
  return `${method} ${path.split('?')[0]}` === route
}

function sent({ body }: Passing): Members {
  return body === '' ? {} : JSON.parse(body)
}

function isIntoItself(passing: Passing): boolean {
  return isAt(passing, 'POST /cart/merge') && sent(passing)['sourceCartId'] === passing.headers['x-cart-id']
}

/** Changes the bodies of requests. */
function asking(route: string, change: (body: Members) => Members): Breakage {
  return {
    request: (passing) =>
      isAt(passing, route) ? { ...passing, body: JSON.stringify(change(sent(passing))) } : passing,
  }
}

/** Changes the bodies of accepted answers. */
function telling(route: string, change: (body: Members) => Members): Breakage {
  return {
    answer: (returning, passing) =>
      isAt(passing, route) && returning.body !== '' && returning.status < 300
        ? { ...returning, body: JSON.stringify(change(JSON.parse(returning.body))) }
        : returning,
  }
}

/** Changes that are not carried out, and answered with the cart as it is. */
function ignoring(isIgnored: (passing: Passing) => boolean): Breakage {
  return {
    request: (passing) => {
      if (!isIgnored(passing)) return passing
      const { 'content-type': _, ...headers } = passing.headers
      return { method: 'GET', path: '/cart', headers, body: '' }
    },
  }
}

/** Requests lose a header. */
function losing(name: string): Breakage {
  return {
    request: ({ headers, ...rest }) => {
      const { [name]: _, ...kept } = headers
      return { ...rest, headers: kept }
    },
  }
}

/** Problems with this code are answered as if they were none. */
function accepting(code: string): Breakage {
  return {
    answer: (returning) =>
      returning.body.includes(`"code":"${code}"`) ? { ...returning, status: 200 } : returning,
  }
}

/** Answers with this status are pages. */
function paging(status: number, isPage: (passing: Passing) => boolean): Breakage {
  return {
    answer: (returning, passing) =>
      returning.status === status && isPage(passing)
        ? { status, headers: { 'content-type': 'text/html' }, body: '<html>sorry</html>' }
        : returning,
  }
}
