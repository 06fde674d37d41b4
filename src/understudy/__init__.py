"""An understudy for HTTP APIs: stateful sandboxes generated from OpenAPI contracts."""

from __future__ import annotations

__version__ = "0.1.0"
