"""Lines of pip's requirements files, as names and addresses."""

from pathlib import Path

import pytest

from pkgcat.model.requirements import read_requirement, read_requirement_lines
from tests.conftest import DATA
from tests.cpu import cpu_limit


def read(text: str) -> list[str]:
    return list(read_requirement_lines(text.splitlines(keepends=True)))


def test_a_requirements_file_is_read_as_the_packages_that_it_names() -> None:
    text = Path(DATA / "requirements.txt").read_text(encoding="utf-8")
    assert read(text) == [
        "sample-one",
        "Sample_Two",
        "git+https://github.com/example/sample.git@main#egg=sample",
        "sample-three",
        "-r more.txt",
    ]


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ("django==4.2", "django"),
        ("django>=4,<5", "django"),
        ("Django ~= 4.2", "Django"),
        ("celery[redis,yaml]>=5", "celery"),
        ("celery [redis]", "celery"),
        ("zope.interface (>=5)", "zope.interface"),
        ("a ; python_version > '3.8'", "a"),
        ("a;os_name=='nt'", "a"),
        ("a===1", "a"),
        ("a==1 --hash=sha256:00 --hash=sha256:11", "a"),
        ("a @ https://example.org/a-1.0-py3-none-any.whl", "a"),
        ("b @ git+https://github.com/a/b.git@v1", "git+https://github.com/a/b.git@v1"),
        ("b[x] @ git+ssh://git@github.com/a/b ; os_name == 'nt'", "git+ssh://git@github.com/a/b"),
        ("django  # the web framework", "django"),
        ("-e git+https://github.com/a/b#egg=b", "git+https://github.com/a/b#egg=b"),
        ("--editable=git+https://github.com/a/b", "git+https://github.com/a/b"),
    ],
)
def test_a_requirement_is_its_project_or_its_repository(line: str, name: str) -> None:
    assert read(line) == [name]


@pytest.mark.parametrize(
    "line",
    [
        "django",
        "a/b",
        "1326",
        "-slug",
        "--slug-of-hyphens",
        "https://github.com/a/b#readme",
        "https://example.org/x?a==1",
        "git@github.com:a/b.git",
        "https://git.sr.ht/~a/b",
        "two words",
        "a==1 and more",
        "-r more.txt",
    ],
)
def test_any_other_line_stays_as_it_is(line: str) -> None:
    assert read(f"{line}\n") == [line]
    assert read_requirement(line) == line


def test_comments_and_options_that_name_no_package_are_left_out() -> None:
    text = (
        "# a\n\n   \n  # b\n-i https://example.org/simple\n--pre\n--no-binary :all:\n-c more.txt\n"
    )
    assert read(text) == []
    assert read("a \\\n  ==1.0 \\\n  --hash=sha256:00\nb\\\n") == ["a", "b"]


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("a" + " " * 300_000 + "b", id="blanks"),
        pytest.param("a#" * 300_000, id="hashes"),
        pytest.param("aaaaaaaaaa\\\n" * 300_000, id="continued lines"),
        pytest.param("a " + "-- " * 300_000, id="hyphens"),
        pytest.param("a; " + "(" * 300_000, id="brackets"),
    ],
)
def test_a_long_text_is_read_in_linear_time(text: str) -> None:
    with cpu_limit(20):
        assert len(read(text)) == 1
