/** Types with one processor generation share their sizes, whatever made it. */
const BURSTABLE = { micro: 536_870_912, small: 1_471_026_299, medium: 3_317_862_236 }
const GENERAL = {
  large: 6_854_542_746,
  xlarge: 13_891_921_715,
  '2xlarge': 27_966_669_210,
  '4xlarge': 56_116_178_125,
  '8xlarge': 111_325_552_312,
  '12xlarge': 168_715_971_994,
  '16xlarge': 225_000_375_228,
}
const MEMORY = {
  large: 14_037_181_030,
  xlarge: 28_261_849_702,
  '2xlarge': 56_711_183_565,
  '4xlarge': 113_609_865_216,
  '8xlarge': 225_000_375_228,
  '12xlarge': 341_206_346_547,
  '16xlarge': 450_000_750_456,
}

const FAMILIES: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  t3: BURSTABLE,
  t4g: BURSTABLE,
  m6g: GENERAL,
  m7g: GENERAL,
  r6g: MEMORY,
  r7g: MEMORY,
}

/**
 * What `maxmemory` is before anything is reserved, in bytes; undefined for a type that is not known here. User guide,
 * "Redis OSS node-type specific parameters".
 *
 * @param nodeType as `cache.t4g.micro`
 */
export function memoryOf(nodeType: string): number | undefined {
  const [, family = '', size = ''] = nodeType.split('.')
  return FAMILIES[family]?.[size]
}
