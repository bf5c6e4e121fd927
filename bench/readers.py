"""Many readers for a long time: does the platform stay as fast and as small as it was at first (promise P11)?

    python bench/readers.py [--count 20000] [--clients 4] [--port 8112] [--home FOLDER]

Starts ``ketuan up`` with the demo year, signs one person of each role in, collects the pages each of them can reach by
links, and asks for these at random. Prints requests in a second, medians and 95th percentiles of the first and the last
tenth, memory and open descriptors of the web processes. Exit status 1 where an answer was 5xx.
"""

from __future__ import annotations

import argparse
import collections
import http.client
import os
import random
import re
import signal
import sys
import tempfile
import threading
import time
import urllib.parse
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "src"), str(ROOT / "bench")]

_LINK = re.compile(r'href="([^"#]+)')
_NOT = ("/static/", "/demo/", "/account/logout", "/help/")
PAGES = 25
"""Most pages of one person."""
PARTS = 10


class Reader:
    """One person with a connection of their own; None is a stranger."""

    def __init__(self, port: int, session: str | None) -> None:
        self.port, self.cookies = port, f"session={session}" if session else ""
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)

    def get(self, path: str) -> tuple[int, bytes, str]:
        """Status, content, and where it leads to or of what kind it is."""
        self.connection.request("GET", path, headers={"Cookie": self.cookies})
        answer = self.connection.getresponse()
        return answer.status, answer.read(), answer.getheader("Location") or answer.getheader("Content-Type", "")


def reach(reader: Reader) -> list[str]:
    """The pages this person comes to by links from the first one."""
    found, waiting = [], collections.deque(["/"])
    known = {"/"}
    while waiting and len(found) < PAGES:
        path = waiting.popleft()
        status, content, kind = reader.get(path)
        if status in (301, 302) and kind not in known:
            known.add(kind)
            waiting.append(kind)
        if status != 200 or not kind.startswith("text/html"):
            continue
        found.append(path)
        for link in _LINK.findall(content.decode()):
            link = urllib.parse.urljoin(path, link.replace("&amp;", "&"))
            if link.startswith("/") and not link.startswith(_NOT) and link not in known:
                known.add(link)
                waiting.append(link)
    return found


def size(pids: list[int]) -> tuple[float, int]:
    """Memory in MB and open descriptors of all of them."""
    memory = files = 0
    for pid in pids:
        status = Path(f"/proc/{pid}/status").read_text()
        memory += int(re.search(r"VmRSS:\s+(\d+)", status)[1])  # type: ignore[index]
        files += len(os.listdir(f"/proc/{pid}/fd"))
    return memory / 1024, files


def sessions() -> dict[str, str | None]:
    """A session for one invented person of every role."""
    from stampede import session

    from ketuan.programme import showcase

    faces = {face.kind: face for _, _, there in showcase.faces() for face in reversed(there)}
    return {"stranger": None} | {kind: session(showcase.person(face.pk)) for kind, face in faces.items()}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])  # type: ignore[union-attr]
    parser.add_argument("--count", type=int, default=20_000)
    parser.add_argument("--clients", type=int, default=4)
    parser.add_argument("--port", type=int, default=8112)
    parser.add_argument("--home", type=Path, help="a folder whose demo is used again")
    args = parser.parse_args()
    from stampede import children, start

    with tempfile.TemporaryDirectory(prefix="ketuan-requests-") as made:
        folder = Path(made)
        os.environ |= {"KETUAN_HOME": str(args.home or folder / "home"), "KETUAN_SECOND_FACTOR": "0"}
        from ketuan.cli.platform import wake

        server = start(args.port, folder / "log", demo=True)
        try:
            wake(demo=True)
            people = sessions()
            pages = {role: reach(Reader(args.port, key)) for role, key in people.items()}
            print("  ".join(f"{role} {len(there)}" for role, there in pages.items()), "pages", flush=True)
            return ask(args, people, pages, children(server))
        finally:
            server.send_signal(signal.SIGTERM)
            server.wait(30)


def ask(args: argparse.Namespace, people: dict[str, str | None], pages: dict[str, list[str]], pids: list[int]) -> int:
    statuses: collections.Counter[int] = collections.Counter()
    times: list[float] = []
    sizes = [size(pids)]
    every = [(role, path) for role, there in pages.items() for path in there]
    lock, moments = threading.Lock(), [time.monotonic()]

    def read(seed: int) -> None:
        chance = random.Random(seed)
        readers = {role: Reader(args.port, key) for role, key in people.items()}
        while True:
            role, path = chance.choice(every)
            begun = time.monotonic()
            status, _, _ = readers[role].get(path)
            with lock:
                if len(times) >= args.count:
                    return
                statuses[status] += 1
                times.append(time.monotonic() - begun)
                if len(times) % (args.count // PARTS) == 0:
                    sizes.append(size(pids))
                    moments.append(time.monotonic())

    threads = [threading.Thread(target=read, args=(n,)) for n in range(args.clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    took = moments[-1] - moments[0]
    part = args.count // PARTS
    print(f"{args.count} requests, {args.clients} clients, {len(pids)} processes: {args.count / took:.0f} a second")
    for name, some in (("first tenth", times[:part]), ("last tenth", times[-part:]), ("all", times)):
        ordered = sorted(some)
        print(
            f"  {name:12} median {ordered[len(some) // 2] * 1000:6.1f} ms   p95 {ordered[len(some) * 95 // 100] * 1000:6.1f} ms"
        )
    print(
        f"  memory MB: before {sizes[0][0]:.0f}, after each tenth {', '.join(f'{memory:.0f}' for memory, _ in sizes[1:])}"
    )
    print(f"  descriptors: {', '.join(str(files) for _, files in sizes)}")
    print(
        f"  last tenth / first: memory {sizes[-1][0] / sizes[1][0]:.3f}, time {sum(times[-part:]) / sum(times[:part]):.3f}"
    )
    print(f"  answers: {dict(sorted(statuses.items()))}")
    return int(any(status >= 500 for status in statuses))


if __name__ == "__main__":
    sys.exit(main())
