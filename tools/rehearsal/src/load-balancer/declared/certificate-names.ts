import type { Answer } from './elbv2.ts'
import type { NamesOfCertificate } from './read.ts'

/** What is asked of AWS Certificate Manager; the SDK's client (`ACM` of `@aws-sdk/client-acm`) has this method. */
export interface Acm {
  describeCertificate(input: {
    CertificateArn: string
  }): Promise<
    Answer<{ Certificate: Answer<{ DomainName: string; SubjectAlternativeNames: readonly string[] }> }>
  >
}

/** The host names of certificates that ACM holds, in lower case. */
export function namesByAcm(acm: Acm): NamesOfCertificate {
  return async (arn) => {
    const { Certificate: certificate = {} } = await acm.describeCertificate({ CertificateArn: arn })
    const names = [certificate.DomainName ?? '', ...(certificate.SubjectAlternativeNames ?? [])]
    return [...new Set(names.map((name) => name.toLowerCase()).filter((name) => name !== ''))]
  }
}
