"""Texts that would harm a terminal, a check that none of them reached one, and a host that
answers with them.
"""

import fcntl
import json
import os
import pty
import re
import socketserver
import struct
import subprocess
import termios
import threading
import unicodedata
from collections.abc import Callable
from pathlib import Path
from typing import Any, Self

import pyte

DEFAULT_IGNORABLE = [
    *(
        (0xAD, 0xAD),
        (0x34F, 0x34F),
        (0x61C, 0x61C),
        (0x115F, 0x1160),
        (0x17B4, 0x17B5),
        (0x180B, 0x180D),
    ),
    *(
        (0x180E, 0x180E),
        (0x180F, 0x180F),
        (0x200B, 0x200F),
        (0x202A, 0x202E),
        (0x2060, 0x2064),
        (0x2065, 0x2065),
    ),
    *(
        (0x2066, 0x206F),
        (0x3164, 0x3164),
        (0xFE00, 0xFE0F),
        (0xFEFF, 0xFEFF),
        (0xFFA0, 0xFFA0),
        (0xFFF0, 0xFFF8),
    ),
    *((0x1BCA0, 0x1BCA3), (0x1D173, 0x1D17A), (0xE0000, 0xE0FFF)),
]
"""DerivedCoreProperties.txt of Unicode 17.0: first and last code point of each range."""

BLANK = [0x2800, 0x1D159, 0x13441, 0x13442]
"""Braille pattern blank, musical null notehead, Egyptian full and half blank: assigned, and
drawn as nothing.
"""

INVISIBLE = {
    chr(code) for first, last in DEFAULT_IGNORABLE for code in range(first, last + 1)
} | set(map(chr, BLANK))

ESCAPES = (
    "a\x1b]0;PWNED\x07b\x1b]2;PWNED\x1b\\c\x9d1;PWNED\x9cd\x1b[8;5mhidden\x1b[0m\x9b2J\x1b[9A\x1b[2K"
    "\x1bP1$r\x1b\\\x1bc\x1b7\r\b\x7f\x85\v\f\u2028\x1b\x1b[8m[8m\x1b]0;x\x9b8my\x07\x1b]8;;https://evil.example\x07l"
    "\n\x1b[1mpkgcat: all is well\x1b[5"
)
INVISIBLES = (
    "a\u202eb\u2066c\u200fd"
    + "".join(chr(code) for first, last in DEFAULT_IGNORABLE for code in {first, last})
    + "".join(map(chr, BLANK))
    + "\ufff9x\ufffay\ufffb\ufffc\U000f0000\ue000"
)
MARKS = (
    "e"
    + "\u0301\u00ad" * 300
    + "\u0488\ufe0f" * 60
    + "x"
    + "\u0903" * 60
    + "\u1161" * 60
    + "\U0001f3fd" * 60
)
MARKUP = "a [bold]x[/bold] [/x] [link=https://evil.example]y[/link] :bomb: {0} %s"
TEXTS = {"escapes": ESCAPES, "invisibles": INVISIBLES, "marks": MARKS, "markup": MARKUP}

_OWN_STYLES = re.compile(
    r"\x1b\[(?:[012]|22|3[0-9]|[0-9];3[0-9])?m|\x1b\]8;(?:id=[\w-]+)?;(?:https?://[!-~]+)?\x1b\\"
)
"""The styles that pkgcat sets: bold, dim, the standard colours; and links."""


def assert_harmless(shown: str, *, styled: bool = False) -> None:
    """Check that text holds nothing but characters that are seen, line breaks and, if
    `styled`, pkgcat's own styles.
    """
    text = _OWN_STYLES.sub("", shown) if styled else shown
    used = sorted(set(text))
    unseen = [
        character
        for character in used
        if not character.isprintable() or character in INVISIBLE | {"\ufffc"}
    ]
    assert unseen in ([], ["\n"]), [
        (hex(ord(character)), _around(text, character)) for character in unseen
    ]
    for group in (
        list(filter(_takes_no_cell, used)),
        ["\u0903"],
        [chr(code) for code in range(0x1F3FB, 0x1F400)],
    ):
        run = re.search(f"[{''.join(group)}]{{4}}", text) if group else None
        assert run is None, _around(text, run[0])


def _takes_no_cell(character: str) -> bool:
    return unicodedata.category(character) in ("Mn", "Me") or "\u1160" <= character <= "\u11ff"


def _around(text: str, found: str) -> str:
    return text[max(0, text.index(found) - 20) :][:60]


def assert_screen_unharmed(written: bytes, *, styled: bool = False) -> None:
    """Check all that a terminal was sent, and that a screen keeps its title and has a line
    for each line break.
    """
    text = written.decode()
    assert_harmless(text.replace("\r\n", "\n"), styled=styled)
    screen = pyte.Screen(4000, text.count("\n") + 2)  # wider than any line
    pyte.ByteStream(screen).feed(written)
    assert (screen.title, screen.icon_name) == ("", "")
    assert screen.cursor.y == text.count("\n")


def assert_bar_harmless(written: bytes) -> None:
    """Check what a terminal was sent on which a progress bar was drawn: Rich hides the
    cursor, and goes back and up.
    """
    drawn = written.decode().replace("\r", "")
    assert "\x1b[8" not in drawn
    assert_harmless(re.sub(r"\x1b\[(?:\?25[lh]|2K|1A|[\d;]*m)", "", drawn))
    screen = pyte.Screen(4000, 100)
    pyte.ByteStream(screen).feed(written)
    assert (screen.title, screen.icon_name) == ("", "")


def run_on_terminal(
    command: list[str], environment: dict[str, str], *, typed: str = "", only: str = ""
) -> tuple[bytes, int]:
    """Run a program on a terminal of 100 columns; return what that was sent, and the exit code.

    Where `only` names stdout or stderr, the other one is a pipe.
    """
    terminal, inside = pty.openpty()
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 50, 100, 0, 0))
    settings = termios.tcgetattr(inside)
    settings[3] &= ~termios.ECHO
    termios.tcsetattr(inside, termios.TCSANOW, settings)
    os.write(terminal, typed.encode())
    process = subprocess.Popen(
        command,
        stdin=inside,
        stdout=subprocess.DEVNULL if only == "stderr" else inside,
        stderr=subprocess.DEVNULL if only == "stdout" else inside,
        env=environment,
        start_new_session=True,
    )
    os.close(inside)
    written = b""
    try:
        while piece := os.read(terminal, 1 << 16):
            written += piece
    except OSError:  # Linux tells the end so
        pass
    os.close(terminal)
    return written, process.wait(60)


class HostileHost:
    """A server on loopback that is GitHub, PyPI and Django Packages, and puts `text` wherever a
    host may put text.

    `failure`, where it is set, answers every question: a function that returns the bytes of a
    response.
    """

    def __init__(self, text: str) -> None:
        self.text = text
        self.failure: Callable[[], bytes] | None = None
        self.paths: list[str] = []
        host = self

        class Handler(socketserver.StreamRequestHandler):
            def handle(self) -> None:
                line = self.rfile.readline().decode("latin-1")
                while self.rfile.readline().strip():
                    pass
                if line:
                    path = line.split(" ")[1]
                    host.paths.append(path)
                    self.wfile.write(host.respond(path))

        class Server(socketserver.ThreadingTCPServer):
            allow_reuse_address = True
            daemon_threads = True

        self._server = Server(("127.0.0.1", 0), Handler)
        self.base = f"http://127.0.0.1:{self._server.server_address[1]}"
        self._thread = threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.01}
        )

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def environment(self, folder: Path) -> dict[str, str]:
        """Return the environment in which pkgcat asks this server."""
        file = folder / "hostile.toml"
        names = ("github", "pypi", "djangopackages")
        file.write_text(
            "".join(f'[sources.{name}]\napi_url = "{self.base}/{name}"\n' for name in names)
        )
        return {"PKGCAT_CONFIG": str(file)}

    def respond(self, path: str) -> bytes:
        """Return a whole response to a question for a path."""
        if self.failure is not None:
            return self.failure()
        service, _, rest = path.partition("?")[0].strip("/").partition("/")
        return response(200, self._answer(service, rest.rstrip("/")))

    def _answer(self, service: str, path: str) -> Any:
        if service == "github":
            return self._github(path)
        if service == "pypi":
            return self._pypi(path)
        return self._djangopackages(path)

    def _github(self, path: str) -> Any:
        if path.endswith("/contributors"):
            return [{"login": f"{number} {self.text}", "type": "User"} for number in range(3)]
        if path.endswith("/commits"):
            return [{"sha": self.text, "commit": {"committer": {"date": "2026-01-02T03:04:05Z"}}}]
        if path.endswith("/stats/participation"):
            return {"all": [1] * 52}
        return {
            "id": 7,
            "full_name": "ann/maps",
            "pushed_at": "2026-01-02T03:04:05Z",
            "description": self.text,
            "license": {"spdx_id": self.text},
            "stargazers_count": 5,
            "archived": True,
        }

    def _pypi(self, path: str) -> Any:
        if path.startswith("simple/"):
            return {"name": "maps", "files": [], "project-status": {"status": self.text}}
        info = {
            "version": self.text,
            "requires_python": self.text,
            "license": self.text,
            "license_expression": self.text,
            "classifiers": [self.text, f"Framework :: Django :: {self.text}"],
            "yanked": True,
            "project_urls": {
                "Documentation": f"https://docs.example/{self.text}",
                self.text: self.text,
            },
            "home_page": self.text,
        }
        return {"info": info, "urls": [], "vulnerabilities": [{"id": f"PYSEC-1 {self.text}"}]}

    def _djangopackages(self, path: str) -> Any:
        group = {"id": 1, "slug": "apps", "title": self._short, "description": self.text}
        if path.startswith("categories"):
            rows: list[dict[str, Any]] = [{**group, "title_plural": self._short}]
        elif path.startswith("grids"):
            rows = [group]
        else:
            package = {
                "id": 1326,
                "slug": "maps",
                "title": self._short,
                "repo_description": self.text,
                "participants": self.text,
                "repo_url": f"https://github.com/ann/maps{self.text}",
                "pypi_url": "",
                "pypi_version": self.text,
                self._short: self.text,
                "category": f"{self.base}/djangopackages/categories/1/",
                "created": "2026-01-02T03:04:05Z",
                "modified": "2026-01-02T03:04:05Z",
            }
            rows = [package, {**package, "id": 1327, "slug": "atlas"}]
            if path.startswith("packages/"):
                return package
        return {"count": len(rows), "next": None, "results": rows}

    @property
    def _short(self) -> str:
        """As much as a title may hold."""
        return self.text[:100]


def response(status: int, body: object, reason: bytes = b"X", **headers: str) -> bytes:
    """Return a response with a JSON body; the reason and the headers as they are, whatever
    they hold.
    """
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    lines = [
        b"HTTP/1.1 %d " % status + reason,
        b"Content-Length: %d" % len(content),
        b"Connection: close",
    ]
    lines += [f"{name.replace('_', '-')}: {value}".encode() for name, value in headers.items()]
    return b"\r\n".join(lines) + b"\r\n\r\n" + content


def failures(text: str, base: str) -> dict[str, Callable[[], bytes]]:
    """Return the ways in which a host can fail and bring text of its own into a message."""
    encoded = text.replace("\n", "").encode()
    return {
        "an error's message": lambda: response(500, {"message": text}),
        "not allowed": lambda: response(403, {"message": text}),
        "the token is refused": lambda: response(401, {"error": {"message": text}}),
        "blocked": lambda: response(451, {"message": text, "block": {"reason": text}}),
        "not found": lambda: response(404, {"message": text}),
        "a limit": lambda: response(
            429, {"message": f"rate limit {text}"}, retry_after=text.replace("\n", "")
        ),
        "a redirect": lambda: response(302, {}, location=f"{base}/{text}".replace("\n", "")),
        "a redirect to another scheme": lambda: response(
            302, {}, location=f"x{text}:y".replace("\n", "")
        ),
        "a status line": lambda: response(500, {}, reason=encoded),
        "no HTTP": lambda: encoded * 3 + b"\r\n\r\n",
        "an encoding": lambda: response(200, {}, content_encoding=text.replace("\n", "")),
        "no JSON": lambda: response(200, encoded),
        "text for an object": lambda: response(200, text),
        "text for a number": lambda: response(
            200, {"id": 1, "full_name": "a/b", "stargazers_count": text}
        ),
        "text for a time": lambda: response(200, {"id": 1, "full_name": "a/b", "pushed_at": text}),
        "a key for a list": lambda: response(200, [{text: text}]),
    }
