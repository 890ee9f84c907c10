"""The faces over the assistant: JSON API, chat page, article pages."""

from assistant.web.server import create_server

__all__ = ["create_server"]
