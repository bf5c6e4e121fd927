"""Filled forms on paper: one neutral layout, and Word and PDF made of it.

``write_docx(form)`` and ``write_pdf(form)`` return bytes. Both draw what :mod:`ketuan.documents.writing.layout` derives
from the model; so a field added to the model stands on both papers.
"""

from ketuan.documents.writing.docx import write_docx
from ketuan.documents.writing.layout import Layout, layout
from ketuan.documents.writing.pdf import write_pdf
from ketuan.documents.writing.stamp import Stamp

__all__ = ["Layout", "Stamp", "layout", "write_docx", "write_pdf"]
