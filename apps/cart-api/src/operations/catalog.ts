import type { ProductId } from '@cartwright/cart-domain'
import { ProductIdText } from '../carts/bodies.ts'
import type { Catalog } from '../catalog/catalog.ts'
import { ProductListSchema, ProductSchema } from '../catalog/schema.ts'
import { json, type Operation, operation } from '../http/operation.ts'
import { Problem } from '../problems/catalogue.ts'

/** How long clients may keep what the catalog says. */
const CACHING = { 'Cache-Control': 'public, max-age=5' }

/** The catalog, as far as the cart knows it. */
export function catalogOperations(catalog: Catalog): Operation[] {
  return [
    operation({
      id: 'listProducts',
      method: 'get',
      path: '/products',
      tag: 'Catalog',
      summary: 'List the products',
      about: 'A product that has `variants` is added to a cart in one of them, one that has none without.',
      kind: 'plain',
      answers: { 200: { about: 'The products.', schema: ProductListSchema } },
      problems: ['catalog-unavailable'],
      run: async ({ asking }) => json(200, { products: await catalog.list(asking) }, CACHING),
    }),
    operation({
      id: 'getProduct',
      method: 'get',
      path: '/products/{productId}',
      tag: 'Catalog',
      summary: 'Show a product',
      kind: 'plain',
      pathParameters: { productId: ProductIdText },
      answers: { 200: { about: 'The product.', schema: ProductSchema } },
      problems: ['not-found', 'catalog-unavailable'],
      run: async ({ asking, parameters }) => {
        // The id has passed its schema, which is all that its type asks for.
        const productId = parameters['productId'] as ProductId
        const product = (await catalog.lookup([productId], asking)).get(productId)
        if (product === undefined) throw new Problem('not-found', 'the catalog has no such product')
        return json(200, product, CACHING)
      },
    }),
  ]
}
