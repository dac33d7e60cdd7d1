import type { Environment } from '@cartwright/environments'
import { AcmCertificate } from '#aws/acm-certificate'
import { AcmCertificateValidation } from '#aws/acm-certificate-validation'
import type { Lb } from '#aws/lb'
import { Route53Record } from '#aws/route53-record'
import { Construct } from '#terraform'

export interface DomainProps extends Pick<Environment, 'hostedZoneId' | 'certificateArn'> {
  readonly domainName: string
  readonly balancer: Lb
}

/**
 * The load balancer's name and certificate. With a hosted zone the record is made there, and the certificate too unless
 * one is given; with a certificate alone, the record is the user's to make.
 *
 * Cost: none beyond the hosted zone.
 */
export class Domain extends Construct {
  readonly certificateArn: string

  constructor(
    scope: Construct,
    id: string,
    { domainName, balancer, hostedZoneId, certificateArn }: DomainProps,
  ) {
    super(scope, id)
    if (hostedZoneId !== undefined) this.#point(domainName, hostedZoneId, balancer)
    this.certificateArn = certificateArn ?? this.#certify(domainName, hostedZoneId)
  }

  #point(domainName: string, zoneId: string, balancer: Lb): void {
    new Route53Record(this, 'record', {
      zoneId,
      name: domainName,
      type: 'A',
      alias: { name: balancer.dnsName, zoneId: balancer.zoneId, evaluateTargetHealth: true },
    })
  }

  /** ACM believes whoever can write into the zone, and renews as long as the proof stands. */
  #certify(domainName: string, zoneId: string | undefined): string {
    if (zoneId === undefined)
      throw new Error('a domain has a hosted zone or a certificate: its rule was not asked')
    const certificate = new AcmCertificate(this, 'certificate', {
      domainName,
      validationMethod: 'DNS',
      lifecycle: { createBeforeDestroy: true },
    })
    // One name has one proof; what it says is known only when ACM has been asked.
    const proof = certificate.domainValidationOptions.get(0)
    const record = new Route53Record(this, 'proof', {
      zoneId,
      name: proof.resourceRecordName,
      type: proof.resourceRecordType,
      records: [proof.resourceRecordValue],
      ttl: 60,
      allowOverwrite: true,
    })
    return new AcmCertificateValidation(this, 'validation', {
      certificateArn: certificate.arn,
      validationRecordFqdns: [record.fqdn],
      // Minutes in a zone that the world asks; in one that it does not, for ever.
      timeouts: { create: '20m' },
    }).certificateArn
  }
}
