/** How long, as people type it: `600`, `600s`, `10m`, `24h`, `7d`. */
import * as Option from "effect/Option"

const seconds = { s: 1, m: 60, h: 3_600, d: 86_400 } as const

const isUnit = (unit: string): unit is keyof typeof seconds => unit in seconds

/** What is accepted, for messages. */
export const durationForms = "seconds, or a number with s, m, h or d, such as 600, 10m or 24h"

/** Whole seconds. Whether so many may be asked for is not decided here. */
export const parseDuration = (text: string): Option.Option<number> => {
  const match = /^(\d{1,9})([a-z]?)$/.exec(text)
  if (match === null) return Option.none()
  const unit = match[2] === "" ? "s" : (match[2] ?? "")
  return isUnit(unit) ? Option.some(Number(match[1]) * seconds[unit]) : Option.none()
}

/** The largest two units: `59s`, `9m 30s`, `23h 59m`, `6d 23h`. */
export const formatDuration = (total: number): string => {
  const parts = [
    [Math.floor(total / seconds.d), "d"],
    [Math.floor(total / seconds.h) % 24, "h"],
    [Math.floor(total / seconds.m) % 60, "m"],
    [Math.floor(total) % 60, "s"]
  ] as const
  const first = parts.findIndex(([count]) => count > 0)
  if (first === -1) return "0s"
  return parts
    .slice(first, first + 2)
    .filter(([count]) => count > 0)
    .map(([count, unit]) => `${count}${unit}`)
    .join(" ")
}
