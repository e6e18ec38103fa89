"""Errors of the statistics engine. Messages name columns and counts, never the values of a person."""

from __future__ import annotations


class StatisticsError(ValueError):
    """Base class of every error that the engine raises on purpose."""


class DesignError(StatisticsError):
    """The columns, terms or outcomes given cannot make a design."""


class FitError(StatisticsError):
    """A model cannot be fitted at all (for example, no row is left in its sample)."""
