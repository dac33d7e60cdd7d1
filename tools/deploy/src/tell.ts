/** Where a command says, line by line, what it does. */
export type Tell = (line: string) => void
