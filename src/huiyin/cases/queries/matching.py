"""Words against the index, as a condition of a query."""

from django.contrib.postgres.search import SearchQueryField
from django.db.models import BooleanField, F, Func, Value
from django.db.models.functions import Cast


class Matches(Func):
    """`words @@ query`, for a query that is compiled already."""

    template = "(%(expressions)s)"
    arg_joiner = " @@ "
    output_field = BooleanField()


def fits(words: str) -> Matches:
    """The condition that the words of a row fit a compiled query."""
    return Matches(F("words"), Cast(Value(words), SearchQueryField()))
