"""What stops a report."""

from __future__ import annotations


class ReportError(Exception):
    """The report cannot be written; the message is one line that says what is missing and what to do."""
