/**
 * The rules of domain/limit-arithmetic.ts as a script that Redis runs: one call, all limits of one verification,
 * atomically. A differential test compares the two step by step; whoever changes one changes the other.
 *
 * Lua's numbers are the same doubles as JavaScript's, so the same expressions round alike. Numbers are written with
 * `%.0f`: by itself Lua would write 1e+15. States are read before anything is written, so that an error leaves
 * every counter as it was.
 *
 * A counter is one key, which lives for a while longer than its state says anything, and never shorter than it was
 * going to: a host's clock that is set back a little finds what was counted. How states are written:
 * - fixed window: `<start> <used>`
 * - token bucket: `<at> <debt> <expires>`
 * - sliding window: bytes. Six numbers, then an entry for each instant at which something was charged: the instant
 *   and the sum of all that was charged until then. By binary search, a log of 10 000 costs no more than a few reads.
 */
import { createHash } from 'node:crypto';

export interface Script {
  readonly text: string;
  /** The SHA-1 by which Redis knows it. */
  readonly sha: string;
}

/** The clock of the Redis server, in milliseconds. No node's clock takes part. */
const SERVER_TIME = `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
`;

/** The rules, after a few lines that define \`now\`. */
export function scriptWith(clock: string): Script {
  const text = `${clock.trim()}\n${RULES.trim()}\n`;
  return { text, sha: createHash('sha1').update(text).digest('hex') };
}

const RULES = `
-- ARGV[1]: what to do ('consume', 'peek', 'refund'), the cost, and, for a refund, when it was charged.
-- Then for each of KEYS its limit: algorithm ('f', 's', 't'), units, window in ms, burst. (One text for each argument
-- that is several numbers: both sides take longer over arguments than over their texts.)
local WEEK, FIRST_MONDAY, KEPT_LONGER, NEVER = 604800000, 345600000, 60000, -1
local task, cost, charged_at = string.match(ARGV[1], '^(%a+) (%d+) (%d+)$')
cost, charged_at = tonumber(cost), tonumber(charged_at)

local function limit_of(index)
  local algorithm, limit, window, burst = string.match(ARGV[index + 1], '^(%a) (%d+) (%d+) (%d+)$')
  return algorithm, tonumber(limit), tonumber(window), tonumber(burst)
end

local function window_start(window, at)
  local origin = (window >= WEEK and window % WEEK == 0) and FIRST_MONDAY or 0
  return math.floor((at - origin) / window) * window + origin
end

-- The log of a sliding window. Its head: the first entry that counts and the number of entries, the sum before that
-- entry and its time, the time and the sum of the last entry. Entries are numbered from 0.
local function log_of(key)
  local HEAD, ENTRY = 48, 16
  local log = { from = 0, count = 0, base = 0, first = 0, last = 0, total = 0 }
  local bytes = redis.call('GETRANGE', key, 0, HEAD - 1)
  if #bytes == HEAD then
    log.from, log.count, log.base, log.first, log.last, log.total = struct.unpack('>dddddd', bytes)
  end

  function log.head()
    return struct.pack('>dddddd', log.from, log.count, log.base, log.first, log.last, log.total)
  end

  function log.offset(index)
    return HEAD + index * ENTRY
  end

  function log.entry(index)
    return struct.unpack('>dd', redis.call('GETRANGE', key, log.offset(index), log.offset(index + 1) - 1))
  end

  -- The first entry from \`low\` on for which it holds, as it does for all after that; log.count where there is none.
  function log.find(low, holds)
    local high = log.count
    while low < high do
      local middle = math.floor((low + high) / 2)
      if holds(log.entry(middle)) then high = middle else low = middle + 1 end
    end
    return low
  end

  return log
end

-- Refunds ---------------------------------------------------------------------------------------------------------

local give_back = {}

function give_back.f(key, limit, window)
  local start, used = string.match(redis.call('GET', key) or '', '^(%d+) (%d+)$')
  if start and tonumber(start) == window_start(window, charged_at) then
    redis.call('SET', key, string.format('%s %.0f', start, math.max(used - cost, 0)), 'KEEPTTL')
  end
end

function give_back.t(key, limit, window)
  local at, debt, expires = string.match(redis.call('GET', key) or '', '^(%d+) (%d+) (%d+)$')
  if at and tonumber(at) >= charged_at then
    local owed = math.max(cost * window - (at - charged_at) * limit, 0)
    redis.call('SET', key, string.format('%s %.0f %s', at, math.max(debt - owed, 0), expires), 'KEEPTTL')
  end
end

function give_back.s(key, limit, window)
  local log = log_of(key)
  local at = log.find(log.from, function(time) return time >= charged_at end)
  if at == log.count then return end
  if log.entry(at) ~= charged_at and log.last >= charged_at + window then return end
  -- The entries from there on are written anew. Empty ones go, but for the last: it is the log's time.
  local before = at > log.from and select(2, log.entry(at - 1)) or log.base
  local kept, sum = {}, before
  for index = at, log.count - 1 do
    local time, until_then = log.entry(index)
    local units = until_then - before
    before = until_then
    if index == at then units = units - math.min(units, cost) end
    if units > 0 or index == log.count - 1 then
      sum = sum + units
      kept[#kept + 1] = struct.pack('>dd', time, sum)
      if at == log.from and #kept == 1 then log.first = time end
    end
  end
  log.count, log.total = at + #kept, sum
  redis.call('SETRANGE', key, 0, log.head())
  redis.call('SETRANGE', key, log.offset(at), table.concat(kept))
end

if task == 'refund' then
  for index, key in ipairs(KEYS) do
    local algorithm, limit, window = limit_of(index)
    give_back[algorithm](key, limit, window)
  end
  return ''
end

-- Decisions: whether it is allowed; after how long else; what remains and when all is free again, both as it stands; ---
-- and two functions: to charge, which says anew what remains and when all is free, and, where the state was too far ---
-- ahead of time to be believed, to write down what stands in its place. ------------------------------------------------

local function keep(key, value, free_at)
  redis.call('SET', key, value, 'PX', string.format('%.0f', math.max(free_at + KEPT_LONGER - now, 1)))
end

local decide = {}

function decide.f(key, limit, window)
  local start, used = string.match(redis.call('GET', key) or '', '^(%d+) (%d+)$')
  start, used = tonumber(start), tonumber(used)
  local disbelieved = start and start - now > window
  if disbelieved then
    start, used = window_start(window, now), limit
  elseif not start or now >= start + window then
    start, used = window_start(window, now), 0
  end
  local reset = start + window

  local function write()
    keep(key, string.format('%.0f %.0f', start, used), reset)
  end

  local function charge()
    used = used + cost
    write()
    return limit - used, reset
  end

  local allowed = cost == 0 or used + cost <= limit
  return allowed, cost > limit and NEVER or reset - now, math.max(limit - used, 0), reset, charge, disbelieved and write
end

function decide.t(key, limit, window, burst)
  local was_at, debt, expires = string.match(redis.call('GET', key) or '', '^(%d+) (%d+) (%d+)$')
  was_at, debt, expires = tonumber(was_at), tonumber(debt) or 0, tonumber(expires) or 0
  local disbelieved = was_at and was_at - now > window
  if disbelieved then was_at, debt, expires = now, burst * window, 0 end
  local at = math.max(was_at or now, now)
  debt = math.max(debt - (at - (was_at or now)) * limit, 0)

  local function standing()
    return math.max(burst - math.ceil(debt / window), 0), at + math.ceil(debt / limit)
  end

  local function write()
    -- Under a limit that was lower once it was free later: the counter stays until then.
    local _, reset = standing()
    local free_at = math.max(expires, reset)
    keep(key, string.format('%.0f %.0f %.0f', at, debt, free_at), free_at)
  end

  local function charge()
    debt = debt + cost * window
    write()
    return standing()
  end

  local excess = debt + cost * window - burst * window
  local remaining, reset = standing()
  local wait = at - now + math.ceil(excess / limit)
  return cost == 0 or excess <= 0, cost > burst and NEVER or wait, remaining, reset, charge, disbelieved and write
end

function decide.s(key, limit, window)
  local COMPACT_FROM = 32
  local log = log_of(key)

  local function write()
    local last = struct.pack('>dd', log.last, log.total)
    local free_at = log.last + window
    if log.count == 1 then return keep(key, log.head() .. last, free_at) end
    redis.call('SETRANGE', key, 0, log.head())
    redis.call('SETRANGE', key, log.offset(log.count - 1), last)
    redis.call('PEXPIRE', key, string.format('%.0f', math.max(free_at + KEPT_LONGER - now, 1)))
  end

  local function start_anew(units)
    log.from, log.count, log.base, log.first, log.last, log.total = 0, 1, 0, now, now, units
  end

  if log.from < log.count and log.last - now > window then
    start_anew(limit)
    return cost == 0, cost > limit and NEVER or window, 0, now + window, nil, write
  end

  -- Leaves out what has left the window, without writing that down: a clock that is set back finds it again.
  if log.from < log.count and log.first + window <= now then
    log.from = log.find(log.from + 1, function(time) return time + window > now end)
    log.base = select(2, log.entry(log.from - 1))
    if log.from < log.count then log.first = log.entry(log.from) end
  end

  -- When no more than so many units are left.
  local function freed_at(units)
    local last = log.count - 1
    if units == 0 and (last == log.from or select(2, log.entry(last - 1)) < log.total) then return log.last + window end
    return log.entry(log.find(log.from, function(_, sum) return log.total - sum <= units end)) + window
  end

  -- Writes the log anew without the entries that do not count, once they are many.
  local function compact()
    if log.from < COMPACT_FROM or log.from * 2 < log.count then return end
    local live = redis.call('GETRANGE', key, log.offset(log.from), log.offset(log.count) - 1)
    log.from, log.count = 0, log.count - log.from
    redis.call('SET', key, log.head() .. live, 'KEEPTTL')
  end

  local function charge()
    if log.from == log.count then
      start_anew(cost)
    else
      compact()
      local time = math.max(now, log.last)
      if time > log.last then log.count = log.count + 1 end
      log.last, log.total = time, log.total + cost
    end
    write()
    return limit - (log.total - log.base), log.last + window
  end

  local used = log.total - log.base
  local allowed, wait = cost == 0 or used + cost <= limit, NEVER
  if not allowed and cost <= limit then wait = freed_at(limit - cost) - now end
  return allowed, wait, math.max(limit - used, 0), used == 0 and now or freed_at(0), charge, nil
end

-- The call --------------------------------------------------------------------------------------------------------

local all_allowed, longest = true, 0
local reply, charges, corrections = { 0, 0, now }, {}, {}
for index, key in ipairs(KEYS) do
  local algorithm, limit, window, burst = limit_of(index)
  local allowed, wait, remaining, reset, charge, correct = decide[algorithm](key, limit, window, burst)
  charges[index], corrections[index] = charge, correct or false
  reply[index * 2 + 2], reply[index * 2 + 3] = remaining, reset
  if not allowed then
    all_allowed = false
    longest = (wait == NEVER or longest == NEVER) and NEVER or math.max(longest, wait)
  end
end

if task == 'consume' then
  local charged = all_allowed and cost > 0
  for index = 1, #KEYS do
    if charged then
      reply[index * 2 + 2], reply[index * 2 + 3] = charges[index]()
    elseif corrections[index] then
      corrections[index]()
    end
  end
end

reply[1], reply[2] = all_allowed and 1 or 0, longest
return string.format(string.rep('%.0f ', #reply), unpack(reply))
`;

export const SCRIPT = scriptWith(SERVER_TIME);
