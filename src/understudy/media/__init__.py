"""Media types: their names, JSON, XML, and which one the caller gets."""
