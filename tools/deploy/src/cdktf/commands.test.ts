import { DeployProblem } from '../problem.ts'
import { readCommand } from './commands.ts'

test.each([
  ['deploy dev', true],
  ['apply dev', true],
  ['diff dev', true],
  ['plan dev', true],
  ['destroy dev --auto-approve', true],
  ['output dev', true],
  ['--output elsewhere deploy dev', true],
  ['list', false],
  ['synth', false],
  ['synth --output deploy', false],
  ['deploy --help', false],
  ['', false],
])('"cdktf %s" is about states: %s', (line, isSo) => {
  expect(readCommand(line.split(' ')).isOnStates).toBe(isSo)
})

test('names of stacks are among what follows', () => {
  expect(readCommand(['deploy', 'dev', '--auto-approve']).args).toEqual(['dev', '--auto-approve'])
})

test.each(['convert', 'get', 'init --template=typescript', 'provider add aws'])(
  '"cdktf %s" is refused, with the way to have it',
  (line) => {
    const read = () => readCommand(line.split(' '))

    expect(read).toThrow(DeployProblem)
    expect(read).toThrow(`wanted: npx cdktf-cli@0.21.0 ${line}`)
  },
)
