"""The engine: runs what the model says of an operation, against the store."""
