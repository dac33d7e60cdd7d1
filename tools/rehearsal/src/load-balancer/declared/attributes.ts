import type { AttributeDescription } from './elbv2.ts'

/** The attributes of a load balancer, a listener or a target group, by key; one that is not set has AWS's default. */
export class Attributes {
  readonly #values: ReadonlyMap<string, string>

  constructor(described: readonly AttributeDescription[] | undefined) {
    this.#values = new Map((described ?? []).map(({ Key = '', Value = '' }) => [Key, Value]))
  }

  text(key: string, otherwise: string): string {
    return this.#values.get(key) || otherwise
  }

  number(key: string, otherwise: number): number {
    return Number(this.#values.get(key) || otherwise)
  }

  /** A number, or `off` for 0. */
  threshold(key: string, otherwise: number): number {
    const value = this.#values.get(key)
    return value === 'off' ? 0 : Number(value || otherwise)
  }

  isOn(key: string, otherwise: boolean): boolean {
    return (this.#values.get(key) || String(otherwise)) === 'true'
  }

  /** The keys that begin so and have a value. */
  keys(prefix: string): string[] {
    return [...this.#values]
      .filter(([key, value]) => key.startsWith(prefix) && value !== '')
      .map(([key]) => key)
  }
}
