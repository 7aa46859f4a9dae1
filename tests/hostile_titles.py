"""Titles that try to be code to a shell, a terminal or a renderer; each would make a file
`canary` or leave a mark.
"""

import json
import re
from collections.abc import Sequence
from pathlib import Path

from pkgcat.store import Store

ATTACKS = (
    # run by a shell that evaluates
    *(
        "$(touch canary)",
        r"\$(touch canary)",
        r"\\$(touch canary)",
        "`touch canary`",
        r"\`touch canary\`",
    ),
    *(
        "<(touch canary)",
        ">(touch canary)",
        "=(touch canary)",
        "(touch canary)",
        "${x:=$(touch canary)}",
        "$[$(touch canary)]",
    ),
    *(
        "$((a[$(touch canary)]))",
        "${(e):-$(touch canary)}",
        "${x@P}",
        "$'\\x24(touch canary)'",
        "{$(touch canary),b}",
    ),
    *(
        "; touch canary ;",
        "& touch canary &",
        "| touch canary |",
        "&& touch canary",
        "|| touch canary",
        "\ntouch canary\n",
    ),
    *(
        '" ; touch canary ; "',
        "' ; touch canary ; '",
        "') ; touch canary ; ('",
        "\"))' ; touch canary #",
        "))'; touch canary; '",
    ),
    *("> canary", ">| canary", ">> canary", "2> canary", "<> canary", "tee canary", "<<< canary"),
    *(
        '"$(touch canary)"',
        "'$(touch canary)'",
        "'\"$(touch canary)\"'",
        "$\\(touch canary)",
        '$"(touch canary)"',
    ),
    *(
        "(touch canary; )",
        "{touch,canary}",
        "begin; touch canary; end",
        "function x; touch canary; end",
        "$(& touch canary)",
    ),
    *(
        "*(e:'touch canary':)",
        "*(+touch)",
        ".(#qe:'touch canary':)",
        "[a[$(touch canary)]=1]",
        "::: $(touch canary)",
    ),
    # expanded by a shell
    *(
        "*",
        "?*",
        "[a-z]*",
        "**/*",
        "{a,b}",
        "{1..9}",
        "~",
        "~root",
        "~+",
        "=ls",
        "=touch",
        "%1",
        "^a^b",
        "!!",
        "!touch",
        "!$",
    ),
    *(
        "#comment",
        "# touch canary",
        "$HOME",
        "${HOME}",
        "$PATH[1]",
        "%HOME%",
        "$?",
        "$$",
        "a=b",
        "HOME=x touch canary",
    ),
    # split or quoted by the protocols of completion
    *(
        "a:b",
        "a:b:c",
        "a\\:b",
        ":",
        "a\tb",
        "\t",
        "a\nb",
        "a\r\nb",
        "a\rb",
        "a:::b",
        "'",
        '"',
        "''",
        '""',
        "\\",
        "\\\\",
        "a\\",
    ),
    *(
        "-",
        "--",
        "-n",
        "--help",
        "-x $(touch canary)",
        "(",
        ")",
        "))",
        "((",
        "]",
        "[",
        "}",
        "{",
        "*: :((a))",
        "a,b",
        "_files",
    ),
    # drawn by a renderer
    *(
        "[/x]",
        "a [/x] b",
        "[bold]a[/bold]",
        "[link=https://x.example]a[/link]",
        "[[",
        "[@click=app.bell]a[/]",
        "[/]",
    ),
    *(
        ":bomb:",
        ":warning: a",
        "%B%F{red}a",
        "%{a%}",
        "%(?.a.b)",
        "%n %m %d",
        "%D{%s}",
        "%1{a%}",
        "<b>a</b>",
        "&amp;",
    ),
    # understood by a terminal
    *(
        "\x1b[31mred\x1b[0m",
        "\x1b]0;canary title\x07",
        "\x1b]2;canary title\x1b\\",
        "\x1b]52;c;dG91Y2g=\x07",
        "\x1b[2J",
        "\x1bc",
    ),
    *(
        "\x1bP$q\x1b\\",
        "\x1b[6n",
        "\x1b[21t",
        "\x9b2J",
        "\x9d0;canary title\x9c",
        "\x90q\x9c",
        "\x07",
        "\x08\x08\x08",
        "\x7f",
    ),
    *(
        "\x0e",
        "\x0f",
        "\x05",
        "\x18",
        "\x1a",
        "\x04",
        "\x03",
        "\x0b\x0c",
        "\x85",
        "\x1b[200~touch canary\n\x1b[201~",
    ),
    # turned around, hidden or piled up by a terminal
    *(
        "a\u202eb",
        "\u2066a\u2069",
        "\u200f",
        "\u061c",
        "a\u200bb",
        "\ufeff",
        "a\u00adb",
        "\u2028",
        "\u2029",
        "\u00a0",
        "\u3000",
    ),
    *(
        "e" + "\u0301" * 40,
        "\u0337" * 9,
        "\U000e0041",
        "\ue000",
        "\ufdd0",
        "\ufe0f",
        "\u20e3",
        "\U0001f468\u200d\U0001f469",
    ),
    # letters of many scripts, and characters that look like what a shell knows
    *(
        "Köln",
        "Ærø",
        "Łódź",
        "ąęć",
        "日本語",
        "한국어",
        "עברית",
        "العربية",
        "हिन्दी",
        "\uff04\uff08touch\uff09",
        "\u02cbx\u02cb",
    ),
    *(
        "\u2018a\u2019",
        "\u201c$(touch canary)\u201d",
        "\u2013x",
        "\u037e touch canary",
        "\u1fefx\u1fef",
        "\uff0dx",
    ),
    # long
    *(
        "$(touch canary)" * 200,
        "x" * 5000,
        "[" * 3000,
        "\u0301" * 3000,
        "a " * 2000,
        "'" * 999,
        "\\" * 999,
        "日" * 2000,
    ),
)


def is_plain(value: str) -> bool:
    """Whether a shell takes a value as it stands: `\\w` are letters, digits and `_`, of Unicode."""
    return re.fullmatch(r"[\w.,-]{1,1000}", value) is not None


def titles(count: int) -> list[str]:
    """Return so many hostile titles: an attack stands alone, at an end or amid words, in turn."""
    forms = ("{}", "Nice {}", "Nice {} words", "{} words")
    made = []
    for number in range(count):
        turn = number // len(ATTACKS)
        form = forms[(number + turn) % len(forms)]
        made.append(form.format(ATTACKS[number % len(ATTACKS)]))
    return made


def every_title() -> list[str]:
    """Return every attack in every position."""
    return titles(4 * len(ATTACKS))


def fill(catalog: Path, titles: Sequence[str]) -> None:
    """Make a catalog that holds packages, categories and grids `p000`, `p001` and so on with these
    titles.

    It also holds a tag `p000` and so on for each package. Limits of length are off, as in a file
    that a stranger made.
    """
    made = [(f"p{number:03}", title) for number, title in enumerate(titles)]
    write(catalog, made, [slug for slug, _ in made])


def write(catalog: Path, slugs_and_titles: list[tuple[str, str]], tags: list[str]) -> None:
    """Make a catalog of a package, a category and a grid of each slug and title, each package
    with one tag.
    """
    then = "2026-02-20T12:30:15.250000Z"
    with Store.write(catalog, explicit=True, create=True) as store:
        store.rows("PRAGMA ignore_check_constraints = ON")
        with store.transaction():
            store.rows("DELETE FROM categories")
            for number, ((slug, title), tag) in enumerate(
                zip(slugs_and_titles, tags, strict=True), 1
            ):
                store.rows("INSERT INTO categories (slug, title) VALUES (?, ?)", (slug, title))
                store.rows("INSERT INTO grids (slug, title) VALUES (?, ?)", (slug, title))
                store.rows(
                    "INSERT INTO packages (id, slug, title, tags, created, modified) VALUES (?, ?, ?, ?, ?, ?)",
                    (number, slug, title, json.dumps([tag]), then, then),
                )
                store.rows("INSERT INTO facts (key) SELECT max(key) FROM packages")


def fill_grid(catalog: Path, titles: Sequence[str], names: Sequence[str]) -> None:
    """Make a catalog whose grid `maps` has packages `p000` and so on with these titles, and
    features with these names and texts; filters have the same.
    """
    fill(catalog, titles)
    with Store.write(catalog, explicit=True, create=False) as store:
        store.rows("PRAGMA ignore_check_constraints = ON")
        with store.transaction():
            store.rows("INSERT INTO grids (slug, title) VALUES ('maps', 'Maps')")
            store.rows("UPDATE packages SET grids = (SELECT json_array(max(key)) FROM grids)")
            for name in names:
                store.rows(
                    """INSERT OR IGNORE INTO grid_features (grid, title, description)
                    SELECT max(key), :name, :name FROM grids""",
                    {"name": name},
                )
                store.rows(
                    "INSERT OR IGNORE INTO filters (name, expression) VALUES (:name, :name)",
                    {"name": name},
                )
