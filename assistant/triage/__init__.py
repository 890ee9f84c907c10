"""Danger, advice and small talk: known before anything else, without an index or a model."""
