#!/usr/bin/env node
// `npx cdktf`, on whatever Node the host has: the CLI itself runs on the pinned one, as every program here does.

import { fileURLToPath } from 'node:url'
import { start } from '../launch/start.mjs'

const program = fileURLToPath(new URL('../deploy/src/cdktf/main.ts', import.meta.url))
start([program, ...process.argv.slice(2)])
