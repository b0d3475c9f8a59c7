"""The index of words, after many cases came in."""

from django.db import connection


def settle() -> None:
    """Put the words of stored cases in their final place, so that searches need not look through a waiting list."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT gin_clean_pending_list('case_words')")
