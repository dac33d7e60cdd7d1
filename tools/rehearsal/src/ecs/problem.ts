/** Something in what was deployed that cannot be run; the message says what is wrong and what is wanted. */
export class EcsProblem extends Error {}
