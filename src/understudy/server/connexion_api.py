"""The names of Connexion the server stands on; nothing else in the project imports Connexion."""

from __future__ import annotations

import warnings

with warnings.catch_warnings():
    # Connexion's package imports Starlette's test client, which warns about the httpx it finds; no user can
    # act on that.
    warnings.simplefilter("ignore")
    from connexion.middleware import ConnexionMiddleware
    from connexion.middleware.abstract import SpecMiddleware
    from connexion.middleware.main import API
    from connexion.middleware.security import SecurityAPI, SecurityMiddleware, SecurityOperation
    from connexion.operations import AbstractOperation
    from connexion.resolver import Resolution, Resolver
    from connexion.spec import OpenAPISpecification, Specification

__all__ = [
    "API",
    "AbstractOperation",
    "ConnexionMiddleware",
    "OpenAPISpecification",
    "Resolution",
    "Resolver",
    "SecurityAPI",
    "SecurityMiddleware",
    "SecurityOperation",
    "SpecMiddleware",
    "Specification",
]
