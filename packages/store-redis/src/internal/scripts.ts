import { createHash } from "node:crypto"
import { longestRecord } from "./record.ts"

/**
 * Each promise of the store is one script: one step, which nobody sees half done. All keys of a script belong to
 * one owner and lie in one slot.
 *
 * A token is kept as `<generation>:<id>:<end>:<sealed>` and counts only while its owner's generation is still that one.
 * So a revocation takes one key, whatever lies around; and where Redis forgot the generation, because it was
 * full, restarted or cleared, the tokens of before are not believed either.
 *
 * The last argument is the number of the question, and every answer begins with it: an answer to somebody else is
 * told by that.
 */
export interface Script {
  readonly text: string
  readonly sha: string
}

const script = (body: string): Script => {
  const text = `local question = tonumber(ARGV[#ARGV])\n${body.trim()}\n`
  return { text, sha: createHash("sha1").update(text).digest("hex") }
}

/** Whole microseconds and milliseconds of the server's clock. */
const now = `
local time = redis.call('TIME')
local micros = time[1] * 1000000 + time[2]
local millis = math.floor(micros / 1000)
`

/** Whether it is a generation as it was written: a number that a client can hold, in one spelling. */
const isGeneration = `
local function isGeneration(text)
  return type(text) == 'string' and #text <= 16 and string.find(text, '^[1-9]%d*$')
    and tonumber(text) <= ${Number.MAX_SAFE_INTEGER}
end
`

/** Lets a key live at least so many milliseconds more. */
const outlive = `
local function outlive(key, millis)
  if redis.call('PTTL', key) < millis then redis.call('PEXPIRE', key, millis) end
end
`

/**
 * KEYS token, generation. Gives what lies there as it is, and what is left of its life: nothing else is done on the
 * way that is gone most, because a script keeps everybody waiting.
 */
export const look = script(`
return {
  question,
  redis.pcall('GETRANGE', KEYS[1], 0, ${longestRecord}),
  redis.pcall('GET', KEYS[2]),
  redis.pcall('PTTL', KEYS[1])
}
`)

/**
 * The same, when that look found nothing that makes sense, or the server's clock is not known. ARGV milliseconds for
 * which a generation is remembered. Gives the server's time, too.
 *
 * A generation that is not there, or is none, is made from the clock: a number that was never there before, so that
 * no put that began earlier fits it. 0 where it cannot be made: a replica, or a server that is full. What is no token
 * of this generation goes, and 1 says so.
 */
export const lookClosely = script(`
${now}
${isGeneration}
local generation = redis.pcall('GET', KEYS[2])
if not isGeneration(generation) then
  generation = string.format('%.0f', micros)
  local made = redis.pcall('SET', KEYS[2], generation, 'PX', ARGV[1])
  if made.err then generation = '0' end
end
local remaining, held, refused = 0, '', 0
local length = redis.pcall('STRLEN', KEYS[1])
if length ~= 0 then
  if type(length) == 'number' and length <= ${longestRecord} then
    remaining = redis.call('PTTL', KEYS[1])
    held = redis.call('GET', KEYS[1])
  end
  local own = generation .. ':'
  if remaining < 1 or string.sub(held, 1, #own) ~= own then
    redis.pcall('UNLINK', KEYS[1])
    held = ''
    refused = 1
  end
end
return { question, held, generation, remaining, millis, refused }
`)

/**
 * KEYS token, generation, index, lease, fences. ARGV generation, the token's end by the server's clock, milliseconds
 * for which a generation is remembered, what is kept, name in the index, description, channel, message, holder and
 * fence or nothing. Gives 1 or 0.
 *
 * The end is a time and not a span: a command may lie in the buffer of a server that stands still, and must not
 * give a token a longer life when it is carried out. The lease goes with the token that it was for; a holder that
 * slept, and after whom another came, stores nothing. Two others of the index are looked at each time, so that what
 * has expired leaves it.
 */
export const put = script(`
${now}
${outlive}
if redis.pcall('GET', KEYS[2]) ~= ARGV[1] then return { question, 0 } end
local leased = ARGV[9] ~= '' and redis.pcall('GET', KEYS[4]) == ARGV[9]
if ARGV[9] ~= '' and not leased then
  local fence = redis.pcall('GET', KEYS[5])
  if type(fence) == 'string' and fence ~= string.match(ARGV[9], '%d+$') then return { question, 0 } end
end
local left = math.floor(ARGV[2] - micros / 1000)
if left < 1 then
  redis.call('UNLINK', KEYS[1])
else
  redis.call('SET', KEYS[1], ARGV[4], 'PX', left)
  outlive(KEYS[2], left + ARGV[3])
  if type(redis.pcall('HSET', KEYS[3], ARGV[5], ARGV[6])) == 'table' then
    redis.call('UNLINK', KEYS[3])
    redis.call('HSET', KEYS[3], ARGV[5], ARGV[6])
  end
  outlive(KEYS[3], left)
  local tokens = string.sub(KEYS[1], 1, #KEYS[1] - #ARGV[5])
  for _, name in ipairs(redis.call('HRANDFIELD', KEYS[3], 2)) do
    if redis.call('EXISTS', tokens .. name) == 0 then redis.call('HDEL', KEYS[3], name) end
  end
  redis.call('PUBLISH', ARGV[7], ARGV[8])
end
if leased then redis.call('DEL', KEYS[4]) end
return { question, 1 }
`)

/** KEYS token, generation, index. ARGV id, name in the index, channel, message. Gives 1 or 0. */
export const remove = script(`
local generation = redis.pcall('GET', KEYS[2])
local record = redis.pcall('GET', KEYS[1])
if type(generation) ~= 'string' or type(record) ~= 'string' then return { question, 0 } end
local own = generation .. ':' .. ARGV[1] .. ':'
if string.sub(record, 1, #own) ~= own then return { question, 0 } end
redis.call('UNLINK', KEYS[1])
redis.pcall('HDEL', KEYS[3], ARGV[2])
redis.call('PUBLISH', ARGV[3], ARGV[4])
return { question, 1 }
`)

/**
 * KEYS token. ARGV what lies there. Takes away what does not open, unless it was replaced meanwhile. All that we write
 * is ASCII; what is not was never ours, and no client may be able to say it again.
 */
export const discard = script(`
local held = redis.pcall('GET', KEYS[1])
if type(held) == 'string' and (held == ARGV[1] or string.find(held, '[\\128-\\255]')) then
  redis.call('UNLINK', KEYS[1])
end
return { question }
`)

/**
 * KEYS generation, index. ARGV milliseconds for which a generation is remembered, what token names begin with,
 * channel, message. Gives how many tokens there were.
 *
 * A server that is full refuses the next generation; without any, nothing of before fits either.
 */
export const revoke = script(`
${now}
${isGeneration}
local before = redis.pcall('GET', KEYS[1])
local following = isGeneration(before) and tonumber(before) or 0
local generation = string.format('%.0f', math.max(micros, following + 1))
if redis.pcall('SET', KEYS[1], generation, 'PX', ARGV[1]).err then redis.call('DEL', KEYS[1]) end
local count = 0
local names = redis.pcall('HKEYS', KEYS[2])
if not names.err then
  for _, name in ipairs(names) do count = count + redis.call('UNLINK', ARGV[2] .. name) end
end
redis.call('UNLINK', KEYS[2])
redis.call('PUBLISH', ARGV[3], ARGV[4])
return { question, count }
`)

/**
 * KEYS lease, fences. ARGV holder, milliseconds, milliseconds for which fences are remembered, and of the longest
 * lease. Gives the fence, or 0 when another holds it, and the server's time. Asked again by the same holder, whose
 * answer was lost, it gives the same fence. What is no lease, or would last longer than any, is in nobody's way, and
 * 1 says so.
 */
export const lease = script(`
${now}
local held = redis.pcall('GET', KEYS[1])
local left = redis.call('PTTL', KEYS[1])
local own = ARGV[1] .. ':'
local refused = 0
if held and (type(held) ~= 'string' or not string.find(held, '^[%w-]+:%d+$')
  or left < 0 or left > tonumber(ARGV[4])) then
  refused = 1
elseif held then
  if string.sub(held, 1, #own) ~= own then return { question, 0, millis, 0 } end
  return { question, tonumber(string.sub(held, #own + 1)), millis, 0 }
end
local fence = redis.pcall('INCR', KEYS[2])
if type(fence) ~= 'number' or fence == 1 then
  fence = micros
  redis.call('SET', KEYS[2], string.format('%.0f', fence))
end
redis.call('PEXPIRE', KEYS[2], ARGV[3])
redis.call('SET', KEYS[1], own .. string.format('%.0f', fence), 'PX', ARGV[2])
return { question, fence, millis, refused }
`)

/** KEYS lease. ARGV holder and fence, milliseconds. Gives 1 while it is held. */
export const extend = script(`
if redis.pcall('GET', KEYS[1]) ~= ARGV[1] then return { question, 0 } end
return { question, redis.call('PEXPIRE', KEYS[1], ARGV[2]) }
`)

/** KEYS lease. ARGV holder and fence, channel, message. */
export const release = script(`
if redis.pcall('GET', KEYS[1]) == ARGV[1] then
  redis.call('DEL', KEYS[1])
  redis.call('PUBLISH', ARGV[2], ARGV[3])
end
return { question }
`)

/**
 * KEYS index, generation. ARGV what token names begin with. Gives the server's time, and for each token its
 * description, what is left of its life, and what is kept.
 */
export const list = script(`
${now}
local answer = { question, millis }
local generation = redis.pcall('GET', KEYS[2])
local names = redis.pcall('HGETALL', KEYS[1])
if type(generation) ~= 'string' or names.err then return answer end
local own = generation .. ':'
for at = 1, #names, 2 do
  local token = ARGV[1] .. names[at]
  local length = redis.pcall('STRLEN', token)
  if type(length) == 'number' and length > 0 and length <= ${longestRecord} then
    local record = redis.call('GET', token)
    if string.sub(record, 1, #own) == own then
      answer[#answer + 1] = names[at + 1]
      answer[#answer + 1] = redis.call('PTTL', token)
      answer[#answer + 1] = record
    end
  end
end
return answer
`)
