"""The exchange: what HTTP lets a contract declare beside bodies."""
