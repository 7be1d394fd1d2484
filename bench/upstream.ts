import { life, tokenFor } from "./work.ts"

/** Where tokens come from, in process. */
export interface Upstream {
  /** The text of a token, as most peers take it. */
  readonly text: (key: string) => Promise<string>
  /** The same as Nuapay answers it, for who asks by `fetch`. */
  readonly answer: (key: string) => Promise<Response>
}

/** Gives the one text of each key to all who ask. */
export const nearby: Upstream = {
  text: (key) => Promise.resolve(tokenFor(key)),
  answer: (key) => Promise.resolve(answerOf(key))
}

/** Some way off. All get their text out of the same JSON, so that each holds a copy of its own. */
export const away = (
  travel: () => Promise<void>,
  onRequest: () => void = () => undefined
): Upstream => {
  const answer = async (key: string) => {
    onRequest()
    await travel()
    return answerOf(key)
  }
  return {
    answer,
    text: async (key) => {
      const { data } = (await (await answer(key)).json()) as Envelope
      return data.accessToken
    }
  }
}

interface Envelope {
  readonly data: { readonly accessToken: string }
}

let minted = 0

const answerOf = (organisation: string): Response => {
  const now = Date.now()
  return Response.json(
    {
      data: {
        id: `id-${organisation}-${minted++}`,
        accessToken: tokenFor(organisation),
        tokenType: "BEARER",
        status: "ACTIVE",
        scopes: ["admin"],
        requestedOrganisation: organisation,
        createdTimestamp: now,
        expiryTime: now + life
      }
    },
    { status: 201 }
  )
}
