/** A page is called what its first heading says, and says it once; a module is called what it is imported by. */
import { Converter, ReflectionKind } from "typedoc"

/** @param {import("typedoc").Application} app */
export const load = (app) => {
  app.converter.on(Converter.EVENT_CREATE_DOCUMENT, (_context, document) => {
    const [first] = document.content
    const [heading, title] = /^# (.+)\n/.exec(first?.text ?? "") ?? []
    if (heading === undefined || title === undefined) return
    document.name = title.replace(/^\d+\. /, "")
    first.text = first.text.slice(heading.length)
  })
  app.converter.on(Converter.EVENT_RESOLVE_BEGIN, ({ project }) => {
    for (const module of project.getReflectionsByKind(ReflectionKind.Module)) {
      module.name = module.name.replace(/^(?:packages|apps)\/(.+)\/src$/, "@onbehalf/$1")
    }
  })
}
