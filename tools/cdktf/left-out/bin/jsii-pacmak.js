// Is looked for, and never started: see ../index.js.
