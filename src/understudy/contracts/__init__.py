"""Contracts: reading OpenAPI documents, and what they say."""
