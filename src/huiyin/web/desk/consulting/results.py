"""What came of it: where all agree, what the groups hold, what divides, in words and tables."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from huiyin.consultations import permissions
from huiyin.consultations.queries import lists, maps
from huiyin.web.components import access
from huiyin.web.desk.consulting import frame


@access.requires(*permissions.ANY_PART)
def results(request: HttpRequest, pk: int) -> HttpResponse:
    """The results; refuses while they are hidden, from staff too."""
    row = frame.found(request, pk)
    context = {
        "row": row,
        "title": frame.title(row),
        "picture": maps.map_of(row),
        "channels": [(via.label, count) for via, count in lists.turnout(row).by_via.items()],
        "crumbs": [frame.start(), frame.crumb(row)],
    }
    return render(request, "desk/consulting/results.html", context)
