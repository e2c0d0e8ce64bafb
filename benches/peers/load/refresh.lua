-- A refresh with each token of the file POOL, oldest first; each answer's token takes its place at the end. A token is
-- sent once, and one that was seen before is a failure: the server has to rotate them. What is left goes back to POOL.
local report = require("report")
local client

local headers = {
  ["Accept"] = "application/json",
  ["Content-Type"] = "application/x-www-form-urlencoded",
  ["Authorization"] = os.getenv("AUTHORIZATION"),
}
local tokens, first, last, seen = {}, 1, 0, {}

-- Globals, since `done` runs apart from the thread and sees those alone.
failed, first_failure, left = 0, "", tokens

local function fail(why)
  if failed == 0 then
    first_failure = why
  end
  failed = failed + 1
end

local function add(token)
  seen[token] = true
  last = last + 1
  tokens[last] = token
end

function setup(thread)
  client = thread
end

function init()
  for token in io.lines(os.getenv("POOL")) do
    add(token)
  end
end

function request()
  local token = tokens[first]
  if token then
    tokens[first] = nil
    first = first + 1
  else
    fail("the pool is empty")
  end
  return wrk.format("POST", nil, headers, "grant_type=refresh_token&refresh_token=" .. (token or ""))
end

function response(status, _, body)
  local token = status == 200 and body:match('"refresh_token"%s*:%s*"([%w%-_.]+)"')
  if not token or not body:find('"access_token"', 1, true) or body:find('"id_token"', 1, true) then
    fail(status .. " " .. body)
  elseif seen[token] then
    fail("a refresh token came back that was not new")
  else
    add(token)
  end
end

function done(summary, latency)
  report(summary, latency, client:get("failed"), client:get("first_failure"))
  local pool = {}
  for _, token in pairs(client:get("left")) do
    pool[#pool + 1] = token
  end
  local file = assert(io.open(os.getenv("POOL"), "w"))
  file:write(table.concat(pool, "\n"), "\n")
  file:close()
end
