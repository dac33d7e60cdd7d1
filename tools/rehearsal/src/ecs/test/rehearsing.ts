// A rehearsal in a process of its own, so that it can be killed: it starts a service with a task that would go on, and tells
// where everything is.

import { Guard } from '../../guard/guard.ts'
import { Ecs } from '../ecs.ts'
import type { Images } from '../images.ts'
import { container, service, taskDefinition } from './definitions.ts'

const [main = '', unlimited] = process.argv.slice(2)
const images: Images = {
  resolve: () => ({
    entryPoint: [],
    command: ['node', main],
    environment: {},
    folder: process.cwd(),
    programs: { node: process.execPath },
  }),
}
const environment = { PORT: '8080', HOST: '0.0.0.0', IGNORE_SIGTERM: '1', CHILD: '1' }
const check = ['CMD', 'node', '--eval', 'setInterval(() => undefined, 1000)']
const healthCheck = { command: check, interval: 0.2, timeout: 60, retries: 3, startPeriod: 0 }
const ecs = await Ecs.start({
  service: service({
    desiredCount: 2,
    definition: taskDefinition(1, { containers: [container({ environment, healthCheck })] }),
  }),
  guard: await Guard.start(),
  zones: ['eu-west-1a'],
  surroundings: {
    images,
    limits: unlimited === undefined,
    routes: () => ({}),
    variables: {},
    aws: {
      assume: () => Promise.reject(new Error('no role is asked for')),
      secretValue: () => Promise.reject(new Error('no secret is asked for')),
      parameterValue: () => Promise.reject(new Error('no parameter is asked for')),
      createLogStream: () => Promise.resolve(),
      putLogEvents: () => Promise.resolve(),
    },
  },
})
ecs.journal.follow(({ task = '', said }) => process.stdout.write(`${task} ${said}\n`))
