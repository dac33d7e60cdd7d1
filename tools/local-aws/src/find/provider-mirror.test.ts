import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { findProviderMirror } from './provider-mirror.ts'

let place: string

beforeEach(() => {
  place = mkdtempSync(path.join(tmpdir(), 'mirror-'))
})

afterEach(() => rmSync(place, { recursive: true, force: true }))

test.each(['', 'a', 'a/b'])('a mirror in "%s" of a usual place is found, with all that it holds', (below) => {
  const folder = mirror(below)

  expect(findProviderMirror({}, [place])).toEqual({
    folder,
    providers: ['registry.terraform.io/hashicorp/aws', 'registry.terraform.io/other/thing'],
  })
})

test('the search ends three levels down', () => {
  mirror('a/b/c')

  expect(findProviderMirror({}, [place])).toBeUndefined()
})

test('the one that is set is taken, and none is looked for if that is set', () => {
  const folder = mirror('a/b/c/d')
  mirror('a')

  expect(findProviderMirror({ CARTWRIGHT_PROVIDER_MIRROR: folder }, [place])?.folder).toBe(folder)
  expect(findProviderMirror({ CARTWRIGHT_PROVIDER_MIRROR: 'none' }, [place])).toBeUndefined()
})

test('one that is set and is none is a mistake', () => {
  expect(() => findProviderMirror({ CARTWRIGHT_PROVIDER_MIRROR: place }, [place])).toThrow(
    `CARTWRIGHT_PROVIDER_MIRROR is "${place}"; wanted: a folder that holds registry.terraform.io/hashicorp/aws`,
  )
})

test('a place that is not there holds nothing', () => {
  expect(findProviderMirror({}, [path.join(place, 'nowhere')])).toBeUndefined()
})

function mirror(below: string): string {
  const folder = path.join(place, below)
  for (const provider of ['hashicorp/aws', 'other/thing']) {
    mkdirSync(path.join(folder, 'registry.terraform.io', provider), { recursive: true })
  }
  return folder
}
