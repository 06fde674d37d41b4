"""The rules of one system."""
