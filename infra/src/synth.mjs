// Starts main.ts. Plain JavaScript, because Node would load its TypeScript compiler for the file that it starts with; of all
// others it finds in its cache what came out the last time.

import './terraform/fast-loading.mjs'

await import('./main.ts')
