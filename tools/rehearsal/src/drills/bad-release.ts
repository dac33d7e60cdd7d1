import { releaseImage } from './stage/image.ts'
import { noFailure } from './stage/judge.ts'
import type { Drill } from './stage/stage.ts'
import { isServing } from './stage/watch.ts'

export const badRelease: Drill = {
  about: 'an image is released whose program ends as soon as it starts',
  needs: 'nothing',
  promises:
    'no request fails and no old task stops; the circuit breaker calls the deployment failed and ECS goes back',
  missing: () => undefined,

  async play(stage) {
    const { aws, watch, note, undo } = stage
    const before = await watch.look()
    const { revision } = await releaseImage(stage, 'broken')
    undo(async () => {
      // As the pipeline does, so that the newest revision is the one that runs.
      await aws.ecs.deregisterTaskDefinition({ taskDefinition: revision })
    })
    await watch.until(
      'ECS has gone back to the release before',
      (state) =>
        isServing(state) &&
        state.service.definition === before.service.definition &&
        !state.service.deployments.some(({ taskDefinition }) => taskDefinition === revision),
    )
    const stopped = before.tasks.filter(({ id }) => !watch.state.tasks.some((task) => task.id === id))
    const broken = [
      ...(stopped.length === 0 ? [] : [`${stopped.length} old tasks stopped; promised: none`]),
      ...said(watch.events, /deployment failed/, 'the deployment failed'),
      ...said(watch.events, /rolling back to deployment/, 'it went back'),
    ]
    if (broken.length === 0) note('the deployment failed, ECS went back, and no old task stopped')
    return (load) => [...broken, ...noFailure(load)]
  },
}

function said(events: readonly string[], words: RegExp, what: string): readonly string[] {
  return events.some((event) => words.test(event))
    ? []
    : [`ECS never said that ${what}; promised: an event that does`]
}
