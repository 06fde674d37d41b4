"""The rules of the bundled systems, one module each."""
