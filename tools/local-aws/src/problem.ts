/** Something that whoever asked for the emulator can mend; the message says how. */
export class LocalAwsProblem extends Error {}
