"""The page's counter has the server's alphabet; that both count alike is shown in a browser (tests/flows)."""

import re
from pathlib import Path

from ketuan import web
from ketuan.forms import words


def test_the_script_has_the_same_characters() -> None:
    script = (Path(web.__file__).parent / "static/web/js/counting.js").read_text(encoding="utf-8")
    classes = dict(re.findall(r'var (\w+) = "([^"]*)";', script))
    unescaped = {
        name: re.sub(r"\\\\u(?:\{(\w+)\}|(\w{4}))", lambda m: chr(int(m[1] or m[2], 16)), text)
        for name, text in classes.items()
    }
    assert unescaped["WIDE"] == words._WIDE
    assert unescaped["MARKS"] == words._MARKS
    assert unescaped["UNSEEN"] == words._INVISIBLE
    space = re.compile(f"[{unescaped['SPACE']}]")
    assert [c for c in map(chr, range(0x3100)) if bool(space.match(c)) != bool(re.match(r"\s", c))] == []
