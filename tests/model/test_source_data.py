"""What a source remembers, as the catalog keeps it."""

from datetime import UTC, datetime

import pytest

from pkgcat.errors import BadCatalog
from pkgcat.model.source_data import RefreshMemory

NOW = datetime(2026, 2, 20, 12, 30, 15, 250000, tzinfo=UTC)


def test_it_is_read_as_it_was_written() -> None:
    memory = RefreshMemory("7", "pushed", "c3", NOW, NOW, 12, {"ann": 3})
    for one in (memory, RefreshMemory(), RefreshMemory(commits=0)):
        assert RefreshMemory.load(one.dump()) == one


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "{",
        '{"other": "x"}',
        '{"repo_id": 7}',
        '{"commits": "12"}',
        '{"commits": true}',
        '{"tally": ["ann"]}',
        '{"counted": "soon"}',
        '{"asked": "2026-02-20T12:30:15"}',
        "[" * 100_000,
    ],
)
def test_what_was_not_written_so_is_a_damaged_catalog(text: str) -> None:
    with pytest.raises(BadCatalog):
        RefreshMemory.load(text)
