"""Root addresses. Every address stands in a door; every door's view names its permit (tests/house)."""

from __future__ import annotations

from django.urls import include, path

urlpatterns = [
    path("", include("ketuan.web.urls")),
    path("account/", include("allauth.urls")),
    path("api/", include("ketuan.api.urls")),
]

handler400 = "ketuan.web.views.errors.bad_request"
handler403 = "ketuan.web.views.errors.forbidden"
handler404 = "ketuan.web.views.errors.not_found"
handler500 = "ketuan.web.views.errors.broken"
