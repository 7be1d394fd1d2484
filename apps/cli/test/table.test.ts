import { assert, describe, it } from "@effect/vitest"
import { makeTable } from "../src/output/table.ts"

const columns = [
  { heading: "ID", cell: (row: readonly [string, string]) => row[0] },
  { heading: "NAME", cell: (row: readonly [string, string]) => row[1], shrinks: true },
  { heading: "END", cell: () => "." }
]

describe("a table", () => {
  it("aligns scripts whose letters are wide, narrow or stacked", () => {
    const table = makeTable(columns, 0)
    assert.strictEqual(
      table([
        ["1", "東京"],
        ["2", "ร้าน"],
        ["3", "e\u0301te"],
        ["4", "👩‍🍳"]
      ]),
      ["ID  NAME  END", "1   東京  .", "2   ร้าน   .", "3   \u00E9te   .", "4   👩‍🍳    .", ""].join(
        "\n"
      )
    )
  })

  it("comes in parts: one heading, and columns that only grow", () => {
    const table = makeTable(columns, 0)
    assert.strictEqual(table([["1", "longer"]]), "ID  NAME    END\n1   longer  .\n")
    assert.strictEqual(table([["22", "x"]]), "22  x       .\n")
    assert.strictEqual(table([["333", "longest name"]]), "333  longest name  .\n")
  })

  it("keeps every row on its line, whatever a name holds", () => {
    const table = makeTable(columns, 0)
    assert.strictEqual(
      table([["1", "a\nb\u001B[2J\u202Ec"]]),
      "ID  NAME       END\n1   a\uFFFDb\uFFFD[2J\uFFFDc  .\n"
    )
  })

  it("wraps the name where the terminal is narrow, and never the id", () => {
    const table = makeTable(columns, 20)
    const id = "averylongid"
    assert.strictEqual(
      table([[id, "Bakery of the North"]]),
      [
        "ID           NAME      END",
        `${id}  Bakery    .`,
        "             of the",
        "             North",
        ""
      ].join("\n")
    )
  })
})
