/** Seconds that the API keeps a silent connection: `KEEP_ALIVE_TIMEOUT` of its `main.ts`. */
export const KEEP_ALIVE = 65
/** Seconds that its end waits for events under way: `FLUSH_PATIENCE` there. */
export const OUTBOX_FLUSH = 5
/** Seconds from the start of a task's container until it serves, on the smallest task. */
export const START = 20
