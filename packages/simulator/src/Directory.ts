import { firstNames, forms, lastNames, places, trades } from "./internal/names.ts"
import type { Seed } from "./internal/seed.ts"
import type { Settings } from "./Options.ts"

/** The status words of an organisation. */
export type OrganisationStatus = "ACTIVE" | "PENDING" | "DISABLED"

/** The kinds of organisation, from the top of a hierarchy to its leaves. */
export type OrganisationType = "PARTNER_GROUP" | "PARTNER" | "MERCHANT"

/** An organisation of the seeded data set. */
export interface SimulatedOrganisation {
  readonly id: string
  readonly parentId: string | undefined
  readonly name: string
  readonly organisationType: OrganisationType
  readonly status: OrganisationStatus
  readonly country: string
  readonly address: {
    readonly streetName: string
    readonly buildingNumber: string
    readonly postCode: string
    readonly townName: string
    readonly country: string
  }
  readonly contact: {
    readonly firstName: string
    readonly lastName: string
    readonly email: string
    readonly language: string
  }
  readonly vatNumber: string
  readonly customerDefinedReference: string
  readonly registeredNumber: string
  readonly creationDateTime: string
  readonly lastUpdateDateTime: string
}

/** What `GET /organisations` filters by; an absent field filters nothing. */
export interface OrganisationFilter {
  readonly name?: string | undefined
  readonly customerDefinedReference?: string | undefined
  readonly recursive?: boolean | undefined
  readonly vatNumber?: string | undefined
  readonly country?: string | undefined
  readonly status?: OrganisationStatus | undefined
  readonly ids?: ReadonlyArray<string> | undefined
  readonly organisationType?: OrganisationType | undefined
}

/** All organisations of a simulator: a fixed tree for each seed. */
export interface Directory {
  /** The partner whose API key is the `apiKey` option. */
  readonly partner: SimulatedOrganisation
  /** Direct merchants of the main partner, in order; the first ten are ACTIVE. */
  readonly merchants: ReadonlyArray<SimulatedOrganisation>
  readonly all: ReadonlyArray<SimulatedOrganisation>
  readonly get: (id: string) => SimulatedOrganisation | undefined
  /** Whether `id` is `above` itself or below it. */
  readonly isWithin: (above: string, id: string) => boolean
  /** The children of an organisation that pass the filter, in a stable order. */
  readonly list: (
    parent: string,
    filter: OrganisationFilter
  ) => ReadonlyArray<SimulatedOrganisation>
}

const firstCreation = Date.UTC(2021, 0, 4, 9, 0, 0)
const day = 86_400_000

const statusOf = (position: number): OrganisationStatus => {
  if (position < 10) return "ACTIVE"
  if (position % 11 === 0) return "DISABLED"
  return position % 7 === 0 ? "PENDING" : "ACTIVE"
}

interface Birth {
  readonly label: string
  readonly type: OrganisationType
  readonly parentId: string | undefined
  readonly position: number
  readonly name?: string
}

const raise = (seed: Seed, birth: Birth): SimulatedOrganisation => {
  const { label, position } = birth
  const id = seed.id(`organisation ${label}`)
  const place = seed.pick(`place ${label}`, places)
  const digits = seed.bytes(`digits ${label}`)
  const trade = trades[position % trades.length] ?? trades[0]
  const created = firstCreation + position * day
  return {
    id,
    parentId: birth.parentId,
    name: birth.name ?? `${trade} ${position + 1} ${seed.pick(`form ${label}`, forms)}`,
    organisationType: birth.type,
    status: birth.type === "MERCHANT" ? statusOf(position) : "ACTIVE",
    country: place.country,
    address: {
      streetName: place.street,
      buildingNumber: String(1 + seed.integer(`building ${label}`, 180)),
      postCode: place.postCode,
      townName: place.town,
      country: place.country
    },
    contact: {
      firstName: seed.pick(`first ${label}`, firstNames),
      lastName: seed.pick(`last ${label}`, lastNames),
      email: `accounts@${id}.example`,
      language: "en"
    },
    vatNumber: Array.from(place.vat, (sign, index) =>
      sign === "#" ? String((digits[index] ?? 0) % 10) : sign
    ).join(""),
    customerDefinedReference: seed.uuid(`reference ${label}`),
    registeredNumber: String(100_000 + seed.integer(`registered ${label}`, 900_000)),
    creationDateTime: new Date(created).toISOString(),
    lastUpdateDateTime: new Date(created + 40 * day).toISOString()
  }
}

const family = (seed: Seed, parent: SimulatedOrganisation, label: string, count: number) =>
  Array.from({ length: count }, (_, position) =>
    raise(seed, {
      label: `${label} merchant ${position}`,
      type: "MERCHANT",
      parentId: parent.id,
      position
    })
  )

const passes = (filter: OrganisationFilter, one: SimulatedOrganisation): boolean => {
  const wanted: ReadonlyArray<readonly [string | undefined, string]> = [
    [filter.customerDefinedReference, one.customerDefinedReference],
    [filter.vatNumber, one.vatNumber],
    [filter.country, one.country],
    [filter.status, one.status],
    [filter.organisationType, one.organisationType]
  ]
  if (wanted.some(([expected, actual]) => expected !== undefined && expected !== actual))
    return false
  if (filter.ids !== undefined && !filter.ids.includes(one.id)) return false
  const name = filter.name?.toLocaleLowerCase("en")
  return name === undefined || one.name.toLocaleLowerCase("en").includes(name)
}

/**
 * Raises the seeded tree: a partner group with the main partner (its merchants, and a sub-partner
 * with eight more, seen with `recursive`) and a second partner with twelve; and a foreign partner
 * with five, outside the main partner's hierarchy like the second one.
 */
export const makeDirectory = (seed: Seed, settings: Settings): Directory => {
  const root = (label: string, name: string, type: OrganisationType, parentId?: string) =>
    raise(seed, { label, type, parentId, position: 0, name })
  const group = root("group", "Meitheal Payments Group", "PARTNER_GROUP")
  const partner = root("partner", "Onbehalf Test Partner DAC", "PARTNER", group.id)
  const sub = root("sub-partner", "Partner Régional SARL", "PARTNER", partner.id)
  const second = root("second partner", "Second Partner Ltd", "PARTNER", group.id)
  const foreign = root("foreign partner", "Fremdpartner GmbH", "PARTNER")
  const merchants = family(seed, partner, "partner", settings.merchants)
  const all = [
    group,
    partner,
    ...merchants,
    sub,
    ...family(seed, sub, "sub-partner", 8),
    second,
    ...family(seed, second, "second partner", 12),
    foreign,
    ...family(seed, foreign, "foreign partner", 5)
  ]
  const byId = new Map(all.map((one) => [one.id, one]))
  const isWithin = (above: string, id: string): boolean => {
    for (let at = byId.get(id); at !== undefined; at = byId.get(at.parentId ?? "")) {
      if (at.id === above) return true
    }
    return false
  }
  return {
    partner,
    merchants,
    all,
    get: (id) => byId.get(id),
    isWithin,
    list: (parent, filter) =>
      all.filter(
        (one) =>
          (filter.recursive === true
            ? one.id !== parent && isWithin(parent, one.id)
            : one.parentId === parent) && passes(filter, one)
      )
  }
}
