/** Something in what was deployed, or on this machine, that cannot be rehearsed; the message says what is wrong and what is wanted. */
export class RehearsalProblem extends Error {}
