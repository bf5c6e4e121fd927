"""Three views of one result of the check: a page, a workbook, and (in `cli.terminal`) lines for the terminal."""

from .page import page
from .sheet import sheet

__all__ = ["page", "sheet"]
