"""What is written is what is read: read(write(form)) == form for whatever a form can hold."""

from __future__ import annotations

import json

from hypothesis import HealthCheck, given, settings
from tests.forms.strategies import forms
from tests.hands import differences, truth

from ketuan.documents.reading import read
from ketuan.documents.writing import write_docx
from ketuan.forms.application import Application
from ketuan.forms.parsing import parse_form


@settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))
@given(forms())
def test_a_written_form_is_read_back_as_it_was(form: Application) -> None:
    reading = read(write_docx(form))
    assert differences(json.loads(form.model_dump_json()), json.loads(reading.form.model_dump_json())) == []
    assert reading.form == form


@settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))
@given(forms())
def test_the_json_of_the_contract_is_read_back_as_it_was(form: Application) -> None:
    assert parse_form(form.model_dump_json(), Application) == (form, {})


def test_an_ordinary_form_is_read_back_without_any_remark() -> None:
    for seed in range(40):
        form, _ = parse_form(json.dumps(truth(seed)), Application)
        assert form is not None
        reading = read(write_docx(form))
        assert (reading.form, reading.remarks) == (form, ())
