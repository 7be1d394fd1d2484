/** Words that the seeded organisations are named with; many are beyond ASCII on purpose. */
export const trades: readonly [string, ...ReadonlyArray<string>] = [
  "Café Sólás",
  "Bäckerei Größe",
  "Ñandú Tienda",
  "Łódź Rowery",
  "Žižkov Káva",
  "Crêperie d’Été",
  "Ærø Fiskehus",
  "Ελιά & Σία",
  "Пекарня Зоря",
  "東京ラーメン",
  "O'Shea's Hardware",
  "Smith & Daughters",
  "Green Valley Energy",
  "North Quay Rentals",
  "Citytrail Parking",
  "Riverside Dental",
  "Blue Heron Insurance",
  "Hill Street Gym",
  "Bramble Books",
  "Quickstep Shoes"
]

/** Endings of a company name, by nothing but chance. */
export const forms: readonly [string, ...ReadonlyArray<string>] = [
  "Ltd",
  "GmbH",
  "S.L.",
  "Sp. z o.o.",
  "s.r.o.",
  "SARL",
  "ApS",
  "B.V."
]

/** Where organisations live: ISO 3166 code, a town, a street, a post code and the VAT pattern (`#` is a digit). */
export const places: readonly [Place, ...ReadonlyArray<Place>] = [
  {
    country: "IE",
    town: "Dublin 2",
    street: "Fownes Street",
    postCode: "D02 N820",
    vat: "IE#######L"
  },
  { country: "GB", town: "Leeds", street: "Kirkgate", postCode: "LS2 7DJ", vat: "GB#########" },
  { country: "DE", town: "Köln", street: "Ehrenstraße", postCode: "50672", vat: "DE#########" },
  { country: "ES", town: "A Coruña", street: "Rúa Real", postCode: "15003", vat: "ESB########" },
  { country: "PL", town: "Łódź", street: "Piotrkowska", postCode: "90-001", vat: "PL##########" },
  {
    country: "FR",
    town: "Nîmes",
    street: "Rue de l’Étoile",
    postCode: "30000",
    vat: "FR###########"
  },
  { country: "DK", town: "Ærøskøbing", street: "Vestergade", postCode: "5970", vat: "DK########" },
  { country: "GR", town: "Αθήνα", street: "Ερμού", postCode: "105 63", vat: "EL#########" }
]

/** A row of {@link places}. */
export interface Place {
  readonly country: string
  readonly town: string
  readonly street: string
  readonly postCode: string
  readonly vat: string
}

/** First names of contacts. */
export const firstNames: readonly [string, ...ReadonlyArray<string>] = [
  "Aoife",
  "Zoë",
  "Jürgen",
  "Íñigo",
  "Łucja",
  "Chloé",
  "Søren",
  "Ελένη",
  "Mary-Ann",
  "John"
]

/** Last names of contacts. */
export const lastNames: readonly [string, ...ReadonlyArray<string>] = [
  "Ní Bhriain",
  "O'Connor",
  "Müller",
  "Núñez",
  "Wójcik",
  "Lefèvre",
  "Kjær",
  "Παππά",
  "Smith"
]
