/** A page is called what its first heading says; a module is called what it is imported by. */
import { Converter, ReflectionKind } from "typedoc"

/** @param {import("typedoc").Application} app */
export const load = (app) => {
  app.converter.on(Converter.EVENT_CREATE_DOCUMENT, (_context, document) => {
    const [, title] = /^# (?:\d+\. )?(.+)\n/.exec(document.content[0]?.text ?? "") ?? []
    if (title !== undefined) document.name = title
  })
  app.converter.on(Converter.EVENT_RESOLVE_BEGIN, ({ project }) => {
    for (const module of project.getReflectionsByKind(ReflectionKind.Module)) {
      module.name = module.name.replace(/^(?:packages|apps)\/(.+)\/src$/, "@onbehalf/$1")
    }
  })
}
