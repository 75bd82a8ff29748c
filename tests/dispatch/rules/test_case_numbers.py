"""A case's number begins with its day, and says when to look for it."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dispatch.rules.case_numbers import case_number, reported_within


@given(
    st.integers(0, 10 * 365 * 86_400).map(lambda s: datetime(2020, 1, 1, tzinfo=UTC) + timedelta(seconds=s)),
    st.integers(2, 11),
)
def test_a_case_was_reported_when_the_beginning_of_its_number_says(at: datetime, length: int) -> None:
    within = reported_within(case_number(at, 12)[:length])
    assert within is not None
    assert within[0] <= at < within[1]


@pytest.mark.parametrize(
    "beginning, first, days",
    [("24", "20240101", 366), ("241", "20241001", 92), ("2402", "20240201", 31), ("240229-0", "20240229", 1)],
)
def test_it_says_no_more_than_the_days_that_read_so(beginning: str, first: str, days: int) -> None:
    within = reported_within(beginning)
    assert within is not None
    assert (f"{within[0]:%Y%m%d}", (within[1] - within[0]).days) == (first, days)


@pytest.mark.parametrize("beginning", ["2413", "242", "240145", "24014"])
def test_what_reads_as_no_day_is_no_number(beginning: str) -> None:
    assert reported_within(beginning) is None
