"""Empty fields are told by section and folded away, so that they do not bury what is wrong."""

import re

import pytest
from tests.world import World

from ketuan.programme import applying
from ketuan.records.models import Application


@pytest.fixture
def application(world: World) -> Application:
    who = world.who("editor")
    begun = applying.start(world.call, world.bodies["society"], who=who)
    return applying.save(begun, [applying.Change("budget.requested", "9999")], who=who).application


@pytest.mark.parametrize("rest", ["", "submit/"])
def test_one_line_a_section_with_the_way_to_its_first_empty_field(world: World, application, rest: str) -> None:
    text = world.client("editor").get(f"/applications/{application.code}/{rest}").content.decode()
    folded = re.search(r'<details class="unfilled">.*?</details>', text, re.S)
    assert folded is not None
    empty = [f for f in applying.findings_of(application) if f.rule == "form.complete"]
    assert f"还没有填写的 {len(empty)} 栏" in folded[0]
    lines = re.findall(
        r'<li><a href="[^"]*/part/(\w+)/#([\w-]+)">[^<]+</a><span class="note">(\d+) 栏</span></li>', folded[0]
    )
    assert sum(int(count) for _, _, count in lines) == len(empty)
    assert len({slug for slug, _, _ in lines}) == len(lines)
    assert ("s3", "at-rationale", "1") in lines
    outside = text.replace(folded[0], "")
    assert "超过每个项目 80 万元的额度" in outside
    assert [f.message for f in empty if f.message in outside] == []
