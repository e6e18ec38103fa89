"""Errors of the synthetic data generator."""

from __future__ import annotations


class SyntheticDataError(ValueError):
    """The arguments cannot be used; the message is one line fit to show to the user."""
