"""Moments as a request names them: with an offset, and within the calendar once that is reckoned in."""

from datetime import UTC, datetime
from typing import Annotated

from pydantic import AfterValidator, AwareDatetime


def in_utc(moment: datetime) -> datetime:
    """Return the moment in UTC. Raises ValueError where its offset takes it out of the years 1 to 9999."""
    try:
        return moment.astimezone(UTC)
    except OverflowError as error:
        raise ValueError("must lie within the years 1 to 9999") from error


Moment = Annotated[AwareDatetime, AfterValidator(in_utc)]
