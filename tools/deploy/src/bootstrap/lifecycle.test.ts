import { lifecycleRules } from './lifecycle.ts'

const STACK = {
  name: 'state-backend',
  folder: '',
  region: 'eu-west-1',
  stateKey: '',
  terraform: '1.11.0',
}

test("the rules of the stack's bucket, as S3 takes them", () => {
  const rule = [
    {
      id: 'uploads',
      status: 'Enabled',
      filter: [{ prefix: '' }],
      abort_incomplete_multipart_upload: [{ days_after_initiation: 7 }],
    },
    { id: 'versions', expiration: [{ expired_object_delete_marker: true }] },
  ]
  const resources = [
    { type: 'aws_s3_bucket_lifecycle_configuration', address: 'a.b', block: { bucket: 'states', rule } },
  ]

  expect(lifecycleRules({ ...STACK, resources })).toEqual([
    {
      ID: 'uploads',
      Status: 'Enabled',
      Filter: { Prefix: '' },
      AbortIncompleteMultipartUpload: { DaysAfterInitiation: 7 },
    },
    { ID: 'versions', Expiration: { ExpiredObjectDeleteMarker: true } },
  ])
})

test('a stack without any says nothing', () => {
  expect(lifecycleRules({ ...STACK, resources: [] })).toBeUndefined()
})
