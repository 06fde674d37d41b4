"""State: records, time and identities."""
