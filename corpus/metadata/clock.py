"""Times of day as Urdu pages write them."""

from datetime import time

MORNING, NOON, AFTERNOON, EVENING, NIGHT = range(5)


def half_of_day(hour: int, period: int | None) -> int:
    """The hour on a 24-hour clock, given the part of the day that the page names.

    >>> half_of_day(5, EVENING), half_of_day(12, NIGHT), half_of_day(1, NIGHT), half_of_day(18, EVENING)
    (17, 0, 1, 18)
    """
    if period is None or hour > 12:
        return hour
    if period == MORNING:
        return hour % 12
    if period == NIGHT:
        # Midnight and the small hours are "رات" too: "رات 2 بجے" is 02:00, "رات 9 بجے" is 21:00.
        return hour % 12 if hour == 12 or hour < 6 else hour + 12
    if period == NOON:
        # "دوپہر 11 بجے" is before noon.
        return hour if hour >= 10 else hour + 12
    return hour % 12 + 12


def clock(hour: int, minute: int, period: int | None, meridiem: int | None) -> time | None:
    """A time of day, or None when it cannot be; `meridiem` is 0 for am and 12 for pm.

    >>> clock(6, 12, None, 12), clock(25, 10, None, None)
    (datetime.time(18, 12), None)
    """
    twelve = meridiem is not None and hour <= 12
    hour = hour % 12 + (meridiem or 0) if twelve else half_of_day(hour, period)
    return time(hour, minute) if hour < 24 and minute < 60 else None
