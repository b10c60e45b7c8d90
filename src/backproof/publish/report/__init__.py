"""What `check` found, as a page: the note with a verdict beside each of its equations."""

from .door import report_page

__all__ = ["report_page"]
