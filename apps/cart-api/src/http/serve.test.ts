import express from 'express'
import { pino } from 'pino'
import request from 'supertest'
import { refuseTheRest } from './serve.ts'

/** An application with one route, which fails with this error. */
function failing(error: unknown) {
  const app = express()
  app.get('/', () => {
    throw error
  })
  refuseTheRest(app, {
    logger: pino({ level: 'silent' }),
    instanceId: 'test',
    requestTimeout: 1_000,
    closing: () => false,
  })
  return app
}

test.each([
  [{ status: 412 }, 400, 'malformed-request'],
  [{ status: 416 }, 400, 'malformed-request'],
  [new URIError('no UTF-8'), 400, 'malformed-request'],
  [{ status: 500 }, 500, 'internal-error'],
  [new TypeError('a defect'), 500, 'internal-error'],
])(
  'what fails outside of an operation is the fault of whom its status names: %o',
  async (error, status, code) => {
    const answer = await request(failing(error)).get('/')

    expect(answer).toMatchObject({ status, body: { code } })
  },
)
