/** Why there is no image; the message says what is wrong and what is wanted. */
export class ImageProblem extends Error {}
