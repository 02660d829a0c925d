"""The dashboard: pages over one store, as a WSGI application."""

from .app import create_app

__all__ = ["create_app"]
