"""Parameters: from the wire to values."""
