"""Generation: realistic values for any schema."""
