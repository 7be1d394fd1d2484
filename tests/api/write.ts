/** `pnpm api`: writes the reports that `tests/api/api.test.ts` compares with what is built. */
import { writeFileSync } from "node:fs"
import { join } from "node:path"
import { root } from "../support/process.ts"
import { published, reportOf } from "./report.ts"

for (const one of published) writeFileSync(join(root, one.report), reportOf(one))
