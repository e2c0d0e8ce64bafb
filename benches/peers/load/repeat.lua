-- The same request again and again: METHOD, BODY and AUTHORIZATION are its parts; EXPECTED has to be in each answer.
local report = require("report")
local expected = os.getenv("EXPECTED")
local client

wrk.method = os.getenv("METHOD")
wrk.body = os.getenv("BODY")
wrk.headers["Accept"] = "application/json"
if wrk.body then
  wrk.headers["Content-Type"] = "application/x-www-form-urlencoded"
  wrk.headers["Authorization"] = os.getenv("AUTHORIZATION")
end

-- Globals, since `done` runs apart from the thread and sees those alone.
failed, first_failure = 0, ""

function setup(thread)
  client = thread
end

function response(status, _, body)
  if status ~= 200 or not body:find(expected, 1, true) then
    if failed == 0 then
      first_failure = status .. " " .. body
    end
    failed = failed + 1
  end
end

function done(summary, latency)
  report(summary, latency, client:get("failed"), client:get("first_failure"))
end
