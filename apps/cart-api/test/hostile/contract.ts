import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'
import type { JsonSchema } from './fitting-values.ts'

/** One operation as the OpenAPI document describes it, ready to be asked and judged. */
export interface DocumentedOperation {
  readonly id: string
  /** In capitals. */
  readonly method: string
  /** As in the document: `/cart/items/{productId}`. */
  readonly path: string
  readonly parameters: readonly DocumentedParameter[]
  readonly body: { readonly required: boolean; readonly schema: JsonSchema; readonly fits: Fits } | undefined
  readonly answers: ReadonlyMap<number, DocumentedAnswer>
}

export interface DocumentedParameter {
  readonly name: string
  readonly in: 'path' | 'query' | 'header'
  readonly required: boolean
  readonly schema: JsonSchema
  readonly fits: Fits
}

export interface DocumentedAnswer {
  /** Absent where the answer has no body. */
  readonly content: { readonly mediaType: string; readonly check: ValidateFunction } | undefined
}

type Fits = (value: unknown) => boolean

/** What this reader needs of an OpenAPI 3.1 document. */
interface OpenApi {
  readonly paths: Record<string, Record<string, OpenApiOperation>>
}
interface OpenApiOperation {
  readonly operationId: string
  readonly parameters: readonly (Reference | OpenApiParameter)[]
  readonly requestBody?: { readonly required?: boolean; readonly content: Content }
  readonly responses: Record<string, { readonly content?: Content }>
}
interface OpenApiParameter {
  readonly name: string
  readonly in: DocumentedParameter['in']
  readonly required?: boolean
  readonly schema: JsonSchema
}
type Content = Record<string, { readonly schema: JsonSchema }>
type Reference = { readonly $ref: string }

/** The OpenAPI document of a running API: the only thing that these tests know of its operations. */
export class Contract {
  readonly operations: readonly DocumentedOperation[]
  readonly #document: OpenApi
  readonly #ajv = new Ajv2020({ strict: false, allErrors: false })

  static async of(url: string): Promise<Contract> {
    const response = await fetch(`${url}/openapi.json`)
    // `openapi-document.system.test.ts` holds the document to OpenAPI's own schema.
    return new Contract((await response.json()) as OpenApi)
  }

  private constructor(document: OpenApi) {
    this.#document = document
    addFormats.default(this.#ajv)
    this.#ajv.addSchema(document, 'openapi')
    this.operations = Object.entries(document.paths).flatMap(([path, item]) =>
      Object.entries(item).map(([method, operation]) => this.#read(path, method, operation)),
    )
  }

  /** The schema that a reference stands for. */
  resolve(schema: JsonSchema): JsonSchema {
    return schema.$ref === undefined ? schema : this.resolve(this.#at<JsonSchema>(schema.$ref))
  }

  #read(path: string, method: string, operation: OpenApiOperation): DocumentedOperation {
    const here = pointer('paths', path, method)
    const { requestBody, responses } = operation
    return {
      id: operation.operationId,
      method: method.toUpperCase(),
      path,
      parameters: operation.parameters.map((given, index) =>
        this.#parameter(given, `${here}/parameters/${index}`),
      ),
      body: requestBody && {
        required: requestBody.required === true,
        schema: requestBody.content['application/json']?.schema ?? {},
        fits: this.#check(`${here}/requestBody/content/application~1json/schema`),
      },
      answers: new Map(
        Object.entries(responses).map(([status, { content }]) => [
          Number(status),
          this.#answer(content, `${here}/responses/${status}`),
        ]),
      ),
    }
  }

  #parameter(given: Reference | OpenApiParameter, here: string): DocumentedParameter {
    const reference = '$ref' in given ? given.$ref : here
    const parameter = this.#at<OpenApiParameter>(reference)
    return {
      ...parameter,
      required: parameter.required === true,
      fits: this.#check(`${reference}/schema`),
    }
  }

  #answer(content: Content | undefined, here: string): DocumentedAnswer {
    const mediaType = Object.keys(content ?? {})[0]
    if (mediaType === undefined) return { content: undefined }
    const schema = `${here}${pointer('content', mediaType, 'schema').slice(1)}`
    return { content: { mediaType, check: this.#check(schema) } }
  }

  #check(reference: string): ValidateFunction {
    return this.#ajv.compile({ $ref: `openapi${encodeURI(reference)}` })
  }

  #at<Part>(reference: string): Part {
    let part: unknown = this.#document
    for (const name of reference.split('/').slice(1)) {
      // The document has passed OpenAPI's own schema, so a pointer leads through objects and arrays only.
      part = (part as Record<string, unknown>)[name.replaceAll('~1', '/').replaceAll('~0', '~')]
    }
    return part as Part
  }
}

/** A JSON pointer (RFC 6901) as a URI fragment. */
function pointer(...names: string[]): string {
  return `#/${names.map((name) => name.replaceAll('~', '~0').replaceAll('/', '~1')).join('/')}`
}
