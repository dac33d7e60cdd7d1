/** What can be made to happen to a running rehearsal, under load, and what is promised then. */
export { DRILL_NAMES, DRILLS, type DrillName } from './drills.ts'
export type { LoadReport } from './load/report.ts'
export { type DrillOptions, DrillRefused, type DrillReport, runDrill } from './run.ts'
export { shownReport, shownTable } from './shown.ts'
