"""Days and spans of months: the calendar's own lengths, and its ends."""

from datetime import date

import pytest

from pkgcat.errors import Invalid
from pkgcat.model.days import CalendarSpan, parse_day, parse_span


@pytest.mark.parametrize(
    ("day", "months", "before"),
    [
        (date(2026, 3, 31), 1, date(2026, 2, 28)),
        (date(2024, 3, 31), 1, date(2024, 2, 29)),
        (date(2026, 1, 15), 1, date(2025, 12, 15)),
        (date(2026, 1, 15), 18, date(2024, 7, 15)),
    ],
)
def test_a_month_before_the_last_day_of_a_long_one_is_the_last_of_a_short_one(
    day: date, months: int, before: date
) -> None:
    assert CalendarSpan(months=months).before(day) == before


@pytest.mark.parametrize("span", [CalendarSpan(months=99_999), CalendarSpan(days=10**9)])
def test_a_span_that_is_longer_than_the_calendar_ends_at_its_first_day(span: CalendarSpan) -> None:
    assert span.before(date(2026, 2, 15)) == date.min


@pytest.mark.parametrize(
    "text", ["2026-02-30", "2026-2-1", "20260215", "2026-02-15T00:00", "", "٢٠٢٦-02-15"]
)
def test_what_is_no_day_is_refused(text: str) -> None:
    with pytest.raises(Invalid, match=r"review_by: .* is not a date such as 2026-02-15"):
        parse_day("review_by", text)


@pytest.mark.parametrize("text", ["", "soon", "18", "5m", "18 monts", "99999d", "-1d", "١8 months"])
def test_what_is_no_span_is_refused(text: str) -> None:
    with pytest.raises(Invalid, match="is not a number of months or days"):
        parse_span(text)
