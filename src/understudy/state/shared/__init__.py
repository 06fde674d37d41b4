"""State in Redis or Valkey, which any number of processes share."""
