import { shownOutputs } from './output.ts'

const outputs = {
  queue_url: { sensitive: false, value: 'https://queue' },
  dashboard_urls: { sensitive: false, value: ['https://a', 'https://b'] },
}
const state = { values: { outputs, root_module: {} } }
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
  expect(() => shownOutputs({}, { environment: 'dev', output: undefined, isJson: false })).toThrow(
    'dev is not deployed; wanted: npm run deploy -- dev',
  )
})
