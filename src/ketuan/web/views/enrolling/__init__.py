"""Bodies and their people, registration's first step, invitations, the experts' register, 供应商注册."""

from __future__ import annotations

from ketuan.web.views.enrolling import asked, bodies, experts, invited, registering, supplier

urls = [*registering.urls, *asked.urls, *supplier.urls, *bodies.urls, *invited.urls, *experts.urls]
