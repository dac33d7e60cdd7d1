/** Something that whoever started the command can mend; the message says what is wrong and what is wanted. */
export class DeployProblem extends Error {}
