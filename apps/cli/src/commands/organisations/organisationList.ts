import type { Organisation } from "@onbehalf/core/Organisation"
import type { List } from "../../output/list.ts"

/** What is shown of an organisation. */
export const organisationList: List<Organisation> = {
  columns: [
    { heading: "ID", cell: ({ id }) => id },
    { heading: "NAME", cell: ({ name }) => name, shrinks: true },
    { heading: "STATUS", cell: ({ status }) => status },
    { heading: "TYPE", cell: ({ organisationType }) => organisationType },
    { heading: "COUNTRY", cell: ({ country }) => country }
  ],
  value: (organisation) => organisation
}
