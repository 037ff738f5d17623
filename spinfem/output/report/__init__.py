"""The report: one HTML page that needs nothing but itself, made of what lies in the folder of a run or of a sweep."""

from spinfem.output.report.page import REPORT, NothingToReport, write_report

__all__ = ["REPORT", "NothingToReport", "write_report"]
