"""The Hijri calendar: its civil reckoning, and what a weekday adds to it."""

from datetime import date, timedelta

# The civil (tabular) calendar of 30-year cycles counts from 16 July 622 in the Julian calendar; the constant turns
# its day numbers into `date.toordinal`. Reingold and Dershowitz, Calendrical Calculations, chapter 7.
_EPOCH = 227014
# The month begins when the moon is sighted: a day before the civil date (Saudi Arabia) to two days after (Pakistan).
_SIGHTED = range(-1, 3)


def civil(year: int, month: int, day: int) -> date:
    """The Gregorian date of a civil Hijri date; a sighted month may begin a day or two apart.

    >>> civil(1445, 1, 1)
    datetime.date(2023, 7, 19)
    """
    days = (year - 1) * 354 + (3 + 11 * year) // 30 + (59 * (month - 1) + 1) // 2 + day
    return date.fromordinal(_EPOCH + days)


def sighted(year: int, month: int, day: int, weekday: int | None) -> date | None:
    """The Gregorian date of a Hijri date that the page gives with its weekday (Monday is 0), else None.

    The four days on which a sighted date can fall have four weekdays: the weekday says which one it was. Without it
    any of them would be a guess.

    >>> sighted(1444, 10, 1, 5), sighted(1444, 10, 1, None)
    (datetime.date(2023, 4, 22), None)
    """
    if weekday is None or not (1 <= month <= 12 and 1 <= day <= 30):
        return None
    around = (civil(year, month, day) + timedelta(days=shift) for shift in _SIGHTED)
    return next((found for found in around if found.weekday() == weekday), None)
