/** The program cannot be started, for a reason the user can do something about: the message is all they need. */
export class LaunchProblem extends Error {}
