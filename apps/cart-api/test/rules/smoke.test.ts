import request from 'supertest'
import { startInProcess } from '../in-process.ts'
test('smoke', async () => {
  const api = await startInProcess()
  jest.useFakeTimers({ doNotFake: ['hrtime','nextTick','performance','queueMicrotask','setImmediate','clearImmediate','setInterval','clearInterval','setTimeout','clearTimeout'] })
  const a = await request(api.url).post('/cart/items').set('X-Cart-ID', 'a').send({ productId: 'canvas-tote', quantity: 2 })
  console.log(a.status, a.headers, a.body)
  jest.setSystemTime(Date.now() + 86_400_000)
  const b = await request(api.url).get('/cart').set('X-Cart-ID', 'a')
  console.log(b.status, b.headers, b.body)
  jest.useRealTimers()
  await api.close()
})
