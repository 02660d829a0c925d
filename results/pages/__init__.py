"""Pages for a browser, each one file that asks nothing of any network."""

from .comparison import comparison_page, write_comparison
from .report import report_page, write_report

__all__ = ["comparison_page", "report_page", "write_comparison", "write_report"]
