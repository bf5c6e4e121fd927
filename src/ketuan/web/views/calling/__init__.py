"""Pages of calling: what everybody reads, the office's desk, the pages on which a call is set."""

from __future__ import annotations

from django.urls import URLPattern

from ketuan.web.views.calling import desk, editing, public

urls: list[URLPattern] = [*public.urls, *desk.urls, *editing.urls]
