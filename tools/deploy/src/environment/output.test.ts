import { EMPTY_STATE } from '../backend/state.ts'
import { shownOutputs } from './output.ts'

const outputs = {
  queue_url: 'https://queue',
  dashboard_urls: ['https://a', 'https://b'],
}
const state = { outputs, resources: [] }
const asked = (output?: string, isJson = false) => shownOutputs(state, { environment: 'dev', output, isJson })

test('all of them, by name', () => {
  expect(asked()).toBe('dashboard_urls = https://a, https://b\nqueue_url = https://queue')
  expect(JSON.parse(asked(undefined, true))).toEqual({
    queue_url: 'https://queue',
    dashboard_urls: ['https://a', 'https://b'],
  })
})

test('one of them is ready for a shell', () => {
  expect(asked('queue_url')).toBe('https://queue')
  expect(asked('dashboard_urls')).toBe('https://a\nhttps://b')
  expect(asked('queue_url', true)).toBe('"https://queue"')
})

test('what is not there is refused with what there is', () => {
  expect(() => asked('quue_url')).toThrow(
    'dev has no output "quue_url"; wanted: one of dashboard_urls, queue_url',
  )
  expect(() => shownOutputs(EMPTY_STATE, { environment: 'dev', output: undefined, isJson: false })).toThrow(
    'dev is not deployed; wanted: npm run deploy -- dev',
  )
})
