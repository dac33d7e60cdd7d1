// What the cart API is measured against: Express as its documentation shows it, answering every request with the
// same JSON, without looking at what was asked and without keeping anything.

import { readFileSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import express from 'express'

const answer: unknown = JSON.parse(readFileSync(String(process.env['ANSWER_FILE']), 'utf8'))

const app = express()
app.get('/cart', (_request, response) => {
  response.json(answer)
})
app.post('/cart/items', express.json(), (_request, response) => {
  response.json(answer)
})
const server = app.listen(0, '127.0.0.1', () => {
  // A TCP server's address is never a path.
  const { port } = server.address() as AddressInfo
  process.stderr.write(`bare Express is ready at http://127.0.0.1:${port}\n`)
})
