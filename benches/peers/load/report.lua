-- What a finished run has to say, as one line of JSON that measure.js reads.
return function(summary, latency, failed, first_failure)
  local errors = summary.errors
  io.write(string.format(
    '{"requests":%d,"seconds":%.6f,"p50":%.3f,"p99":%.3f,"failed":%d,"unanswered":%d}\n',
    summary.requests, summary.duration / 1e6,
    latency:percentile(50) / 1000, latency:percentile(99) / 1000,
    failed, errors.connect + errors.read + errors.write + errors.timeout))
  if failed > 0 then
    io.stderr:write("the first failure: " .. first_failure .. "\n")
  end
end
