// Plays a commit of a repository in a process of its own, which a test may kill: node play.ts <repository> <commit>

import { playPipeline } from '../src/pipeline/play.ts'
import { Remote } from '../src/rehearsal/remote.ts'
import { RehearsalFolder } from '../src/rehearsal/running.ts'

const [repository = '', revision] = process.argv.slice(2)
const running = RehearsalFolder.of(process.env).running()
if (running === undefined) throw new Error('no rehearsal runs')
await playPipeline(new Remote(running), { repository, revision, tell: (line) => console.log(line) })
