/** Minutes that the pipeline gives ECS to become steady with a release; the rules of times keep within them. */
export const DEPLOYMENT_MINUTES = 15
