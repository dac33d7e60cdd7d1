/** Something is declared that cannot be played here, and without which requests would go elsewhere than on AWS. */
export class LoadBalancerProblem extends Error {
  override readonly name = 'LoadBalancerProblem'
}
