import * as Effect from "effect/Effect"
import { CurrentCaller, type Caller } from "../Authentication.ts"
import type { OrganisationType } from "../Directory.ts"
import { refuse, type Refusal, type Service } from "../Refusal.ts"

/** The scope that a token needs, by the type of its organisation; an absent type may not call. */
export type Permission = Partial<Readonly<Record<OrganisationType, string>>>

/** A permission for partners and partner groups. */
export const partners = (scope: string): Permission => ({ PARTNER: scope, PARTNER_GROUP: scope })

/**
 * The caller, if it may do this: 401 for an application token, which is bound to one resource; 403
 * for a type of organisation that may not call, and for a token without the scope.
 */
export const permit = (
  service: Service,
  permission: Permission
): Effect.Effect<Caller, Refusal<401 | 403>, CurrentCaller> =>
  Effect.flatMap(CurrentCaller, (caller): Effect.Effect<Caller, Refusal<401 | 403>> => {
    if (caller.token?.application !== undefined) return Effect.fail(refuse(service, 401))
    const scope = permission[caller.organisation.organisationType]
    if (scope === undefined) return Effect.fail(refuse(service, 403))
    const holds = caller.token === undefined || caller.token.scopes.includes(scope)
    return holds ? Effect.succeed(caller) : Effect.fail(refuse(service, 403))
  })
