/** The DynamoDB adapter; apart from the rest, as the AWS SDK is loaded only where it is used. */
export { createTable } from './create-table.ts'
export { type DynamoOptions, openDynamoStore } from './store.ts'
export { KEY_ATTRIBUTES, TABLE_DEFINITION, TTL_ATTRIBUTE } from './table.ts'
