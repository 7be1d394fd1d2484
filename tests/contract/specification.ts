import { Ajv, type ValidateFunction } from "ajv"
import addFormats from "ajv-formats"
import { existsSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { parse } from "yaml"

const folder = join(import.meta.dirname, "../../../shared/reference")

const files = {
  gatekeeper: join(folder, "gatekeeper-openapi.yaml"),
  organisation: join(folder, "organisation-openapi.yaml")
}

/** The two specifications. */
export type SpecificationName = keyof typeof files

interface MediaType {
  readonly schema?: { readonly $ref: string }
}

interface Operation {
  readonly responses: Readonly<
    Record<string, { readonly content?: Readonly<Record<string, MediaType>> }>
  >
}

interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>
  readonly components: {
    readonly schemas: Readonly<
      Record<string, { readonly properties?: Readonly<Record<string, unknown>> }>
    >
  }
}

/** Whether the specifications lie beside the repository. They are never part of it. */
export const specificationsPresent = Object.values(files).every((file) => existsSync(file))

/** One specification, as far as a contract test reads it. */
export interface Specification {
  /** Every operation as `METHOD /path`, with the statuses that it documents. */
  readonly operations: ReadonlyMap<string, ReadonlyArray<number>>
  /** What is wrong with a body under an operation's status; an undocumented status is an error body. */
  readonly faultsOf: (operation: string, status: number, body: unknown) => ReadonlyArray<string>
  /** The documented property names of a schema. */
  readonly propertiesOf: (schema: string) => ReadonlySet<string>
}

const methods = new Set(["get", "post", "put", "delete"])

/**
 * Patterns are written with doubled backslashes in an unquoted text, so that as they stand no name,
 * not even the ones in the examples, would match; they are read as they were meant.
 */
const load = (file: string): Document =>
  parse(readFileSync(file, "utf8"), (key, value: unknown) =>
    key === "pattern" && typeof value === "string" ? value.replaceAll("\\\\", "\\") : value
  ) as Document

/** Loads a specification and compiles its response schemas on demand. */
export const loadSpecification = (name: SpecificationName): Specification => {
  const document = load(files[name])
  const ajv = new Ajv({ strict: false, validateSchema: false, allErrors: true })
  addFormats.default(ajv)
  ajv.addSchema(document, name)
  const compiled = new Map<string, ValidateFunction>()
  const validator = (reference: string) => {
    const known = compiled.get(reference) ?? ajv.compile({ $ref: `${name}${reference}` })
    compiled.set(reference, known)
    return known
  }
  const operations = new Map<string, Operation>(
    Object.entries(document.paths).flatMap(([path, item]) =>
      Object.entries(item)
        .filter(([method]) => methods.has(method))
        .map(([method, operation]) => [`${method.toUpperCase()} ${path}`, operation] as const)
    )
  )
  return {
    operations: new Map(
      [...operations].map(([key, { responses }]) => [key, Object.keys(responses).map(Number)])
    ),
    faultsOf: (operation, status, body) => {
      const response = operations.get(operation)?.responses[String(status)]
      const reference =
        response?.content?.["application/json"]?.schema?.$ref ??
        "#/components/schemas/ErrorResponse"
      const validate = validator(reference)
      return validate(body)
        ? []
        : (validate.errors ?? []).map((error) => `${error.instancePath} ${error.message}`)
    },
    propertiesOf: (schema) =>
      new Set(Object.keys(document.components.schemas[schema]?.properties ?? {}))
  }
}
