-- Deliveries that nobody has tried go first, the longest waiting before the others.
CREATE INDEX logout_deliveries_attempts ON logout_deliveries (attempts, due_at);
