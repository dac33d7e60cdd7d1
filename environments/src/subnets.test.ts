import { overlap, planSubnets } from './subnets.ts'

const SIX = ['a', 'b', 'c', 'd', 'e', 'f']

test('a network is cut by a plan that can be read', () => {
  expect(planSubnets('10.40.0.0/16', ['eu-west-1a', 'eu-west-1b'])).toEqual([
    { zone: 'eu-west-1a', public: '10.40.0.0/24', application: '10.40.16.0/20', data: '10.40.8.0/24' },
    { zone: 'eu-west-1b', public: '10.40.1.0/24', application: '10.40.32.0/20', data: '10.40.9.0/24' },
  ])
})

test.each(['10.40.0.0/16', '172.31.224.0/19'])(
  'no two subnets of %s overlap, whatever the number of zones',
  (cidr) => {
    const ranges = planSubnets(cidr, SIX).flatMap((zone) => [zone.public, zone.application, zone.data])

    const clashes = ranges.flatMap((one, index) =>
      ranges.slice(index + 1).filter((other) => overlap(one, other)),
    )

    expect(clashes).toEqual([])
    expect(ranges.filter((range) => !overlap(range, cidr))).toEqual([])
  },
)

test('another zone moves no subnet', () => {
  expect(planSubnets('10.40.0.0/16', SIX).slice(0, 2)).toEqual(planSubnets('10.40.0.0/16', SIX.slice(0, 2)))
})
