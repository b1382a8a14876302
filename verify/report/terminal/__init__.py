"""A report in a terminal: a run on one screen, a theorem as a page, and both in full."""

from verify.report.terminal.page import show_theorem
from verify.report.terminal.run import show

__all__ = ["show", "show_theorem"]
