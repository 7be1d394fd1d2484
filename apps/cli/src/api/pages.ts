/** A list of many pages as one. */
import type { MerchantClient } from "@onbehalf/core/MerchantClient"
import * as Effect from "effect/Effect"
import * as HttpClientRequest from "effect/http/HttpClientRequest"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import { jsonArray } from "../output/json.ts"
import { printStream } from "../output/print.ts"
import { counted } from "../output/progress.ts"
import { asShown } from "../output/shown.ts"
import { UsageError } from "../UsageError.ts"
import { type Call, checkSuccess, printAnswer, textOf } from "./answer.ts"
import { numberIn, parseExactly } from "../exactJson.ts"

/** Of the query; pages are counted from 1. */
const parameter = "pagenumber"

/** More would be a server that never ends. */
const maximumPages = 10_000

/** The items of every page as one array, each printed as it comes. It stays unfinished where a page fails. */
export const printPages = Effect.fnUntraced(function* (
  client: MerchantClient,
  request: HttpClientRequest.HttpClientRequest,
  call: Call
) {
  if (call.method !== "GET" || namesPage(request)) {
    return yield* new UsageError({
      message: `--paginate gets every page: it goes with GET, and without ${parameter}`
    })
  }
  const items = yield* counted("items")(itemsOf(client, request, call))
  yield* printStream(Stream.map(jsonArray(items), yield* asShown))
}, Effect.scoped)

const namesPage = ({ url, urlParams }: HttpClientRequest.HttpClientRequest): boolean =>
  /[?&]pagenumber=/i.test(url) || [...urlParams].some(([name]) => name.toLowerCase() === parameter)

/** Each page is fetched when it is needed. */
const itemsOf = (
  client: MerchantClient,
  request: HttpClientRequest.HttpClientRequest,
  call: Call
) =>
  Stream.paginate(1, (number) =>
    Effect.gen(function* () {
      const answer = yield* client.execute(
        HttpClientRequest.setUrlParam(request, parameter, String(number))
      )
      if (number === 1 && answer.status >= 300) yield* printAnswer(answer, call, false)
      yield* checkSuccess(answer, call)
      const page = yield* parsePage(yield* textOf(answer, call))
      return [page.data, nextPage(page, number)] as const
    })
  )

const Page = Schema.Struct({
  data: Schema.Array(Schema.Unknown),
  page: Schema.optional(
    Schema.Struct({
      pageSize: Schema.optional(Schema.Unknown),
      totalPages: Schema.optional(Schema.Unknown)
    })
  )
})

const decodePage = Schema.decodeUnknownOption(Page)

const parsePage = (text: string): Effect.Effect<typeof Page.Type, UsageError> =>
  Effect.mapError(
    Effect.fromOption(Option.flatMap(parseExactly(text), decodePage)),
    () => new UsageError({ message: "the answer is no list: leave out --paginate" })
  )

const nextPage = ({ data, page }: typeof Page.Type, number: number): Option.Option<number> => {
  const totalPages = numberIn(page?.totalPages)
  const pageSize = numberIn(page?.pageSize)
  const isLast =
    totalPages === undefined
      ? pageSize === undefined || data.length < pageSize
      : number >= totalPages
  return isLast || data.length === 0 || number >= maximumPages
    ? Option.none()
    : Option.some(number + 1)
}
