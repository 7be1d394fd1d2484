/** The organisation that something is about, where it is about one. */
export const about = (subject: {
  readonly organisation: string | undefined
}): { readonly organisation?: string } =>
  subject.organisation === undefined ? {} : { organisation: subject.organisation }
