"""Pages of submitting: what is missing, the click, the receipt, and the public page of verification."""

from __future__ import annotations

from django.urls import path

from ketuan.web.views.submitting import acts, late, page, receipt, verify

urls = [
    path("applications/<str:code>/submit/", page.show, name="submitting"),
    path("applications/<str:code>/submit/reason/", acts.reason, name="submitting_reason"),
    path("applications/<str:code>/submit/commit/", acts.commit, name="submitting_commit"),
    path("applications/<str:code>/submit/send/", acts.send, name="submitting_send"),
    path("applications/<str:code>/submit/take-back/", acts.take_back, name="submitting_take_back"),
    path("applications/<str:code>/submit/return/", acts.return_to_maker, name="submitting_return"),
    path("applications/<str:code>/submit/now/", acts.submit, name="submitting_submit"),
    path("applications/<str:code>/submit/reopen/", acts.reopen, name="submitting_reopen"),
    path("applications/<str:code>/submit/withdraw/", acts.withdraw, name="submitting_withdraw"),
    path("applications/<str:code>/late/", late.show, name="late_permits"),
    path("applications/<str:code>/late/<int:pk>/withdraw/", late.withdraw, name="late_permit_withdraw"),
    path("applications/<str:code>/label.pdf", receipt.label, name="bag_label"),
    path("receipts/<str:number>/", receipt.show, name="receipt"),
    path("receipts/<str:number>/receipt.pdf", receipt.pdf, name="receipt_pdf"),
    path("receipts/<str:number>/form.json", receipt.form, name="receipt_form"),
    path("verify/", verify.box, name="verify"),
    path("verify/<str:number>/", verify.show, name="verify_number"),
]
