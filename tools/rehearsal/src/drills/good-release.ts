import { readService } from '../ecs/index.ts'
import { findRecord, releasedIn, TREE } from '../rehearsal/released.ts'
import { askEach } from './stage/ask-each.ts'
import { releaseImage } from './stage/image.ts'
import { noFailure } from './stage/judge.ts'
import type { Drill } from './stage/stage.ts'
import { isServing } from './stage/watch.ts'

/** How long tasks that serve may take until each has told its release, in milliseconds. */
const PATIENCE = 30_000

export const goodRelease: Drill = {
  about: 'a new image is released, as the pipeline does',
  needs: 'nothing',
  promises: 'no request fails; in the end every task tells the new release by /metadata',
  missing: () => undefined,

  async play(stage) {
    const { aws, watch, note } = stage
    const { tag, revision } = await releaseImage(stage, 'good')
    const { service } = await watch.until(
      'ECS has completed the deployment',
      (state) =>
        isServing(state) &&
        state.service.definition === revision &&
        state.service.deployments.every(
          ({ taskDefinition, rolloutState }) => taskDefinition === revision && rolloutState === 'COMPLETED',
        ),
    )
    await watch.until(
      `every task tells release ${tag} by /metadata`,
      async (state) => {
        const told = await askEach(state, '/metadata')
        return state.tasks.every(({ id }) => told.get(id)?.['release'] === tag)
      },
      PATIENCE,
    )
    note(`every task tells release ${tag}`)
    // It stays. The next deploy is to find nothing to change.
    const { cluster, name } = service
    const now = await readService(aws.ecs, { cluster, service: name })
    await (await findRecord(aws, releasedIn(now))).write({ tag, tree: TREE })
    return noFailure
  },
}
