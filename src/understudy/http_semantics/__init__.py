"""HTTP semantics: what HTTP lets a contract declare beside bodies."""
