/** AWS's APIs at the emulator, as whoever rehearses and as roles. */
export { Clients, type Keys, type Place, settingsOf } from './clients.ts'
export { takeRole } from './role.ts'
export { TaskServices } from './task-services.ts'
