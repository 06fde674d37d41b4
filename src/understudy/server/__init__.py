"""All that knows Connexion and ASGI."""
