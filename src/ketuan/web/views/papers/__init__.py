"""Pages of papers: uploads and their previews, Word in, Word and PDF out."""

from __future__ import annotations

from django.urls import URLPattern, path

from ketuan.web.views.papers.importing import dismiss, import_form, upload_form
from ketuan.web.views.papers.listing import add, papers, remove
from ketuan.web.views.papers.serving import form_docx, form_pdf, page, paper

_ONE = "applications/<slug:code>"
urls: list[URLPattern] = [
    path(f"{_ONE}/papers/", papers, name="papers"),
    path(f"{_ONE}/papers/add/", add, name="paper_add"),
    path("papers/<int:pk>/", paper, name="paper"),
    path("papers/<int:pk>/page/<int:number>.png", page, name="paper_page"),
    path("papers/<int:pk>/remove/", remove, name="paper_remove"),
    path(f"{_ONE}/import/", import_form, name="import"),
    path(f"{_ONE}/import/upload/", upload_form, name="import_upload"),
    path(f"{_ONE}/import/dismiss/", dismiss, name="import_dismiss"),
    path(f"{_ONE}/form.docx", form_docx, name="form_docx"),
    path(f"{_ONE}/form.pdf", form_pdf, name="form_pdf"),
    path(f"{_ONE}/versions/<int:number>/form.docx", form_docx, name="version_docx"),
    path(f"{_ONE}/versions/<int:number>/form.pdf", form_pdf, name="version_pdf"),
]
