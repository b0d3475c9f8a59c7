"""What every answer must look like, written from the specification and from nothing in our code."""

import json
import re
from xml.etree import ElementTree as ET

MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(Z|[+-]\d\d:\d\d)")
TEXT, NUMBER, BOOLEAN, NULL = str, (int, float), bool, type(None)
REQUEST = {
    "service_request_id": (TEXT,), "status": (TEXT,), "status_notes": (TEXT, NULL), "service_name": (TEXT, NULL),
    "service_code": (TEXT, NULL), "description": (TEXT,), "agency_responsible": (TEXT, NULL),
    "service_notice": (TEXT, NULL), "requested_datetime": (TEXT,), "updated_datetime": (TEXT,),
    "expected_datetime": (TEXT, NULL), "address": (TEXT, NULL), "address_id": (TEXT, NULL), "zipcode": (TEXT, NULL),
    "lat": (*NUMBER, NULL), "long": (*NUMBER, NULL), "media_url": (TEXT, NULL),
}  # fmt: skip
EXTENSION = {"attributes": (list,), "extended_attributes": (dict,), "notes": (list,)}
SERVICE = {
    "service_code": (TEXT,), "service_name": (TEXT,), "description": (TEXT,), "metadata": (BOOLEAN,), "type": (TEXT,),
    "keywords": (TEXT,), "group": (TEXT,),
}  # fmt: skip
ATTRIBUTE = {
    "variable": (BOOLEAN,), "code": (TEXT,), "datatype": (TEXT,), "required": (BOOLEAN,),
    "datatype_description": (TEXT, NULL), "order": (int,), "description": (TEXT,), "values": (list,),
}  # fmt: skip
RECEIPT = {
    "service_request_id": (TEXT, NULL), "token": (TEXT, NULL), "service_notice": (TEXT, NULL),
    "account_id": (TEXT, NULL),
}  # fmt: skip
UPDATE = {
    "update_id": (TEXT,), "service_request_id": (TEXT,), "status": (TEXT,), "updated_datetime": (TEXT,),
    "description": (TEXT,), "media_url": (TEXT, NULL),
}  # fmt: skip
ERROR = {"code": (int,), "description": (TEXT,)}
DATATYPES = {"string", "number", "datetime", "text", "singlevaluelist", "multivaluelist"}


def fits(row, shape):
    assert set(row) == set(shape), set(row) ^ set(shape)
    for name, kinds in shape.items():
        assert type(row[name]) in kinds, (name, row[name])


def moments(row, *names):
    for name in names:
        assert row[name] is None or MOMENT.fullmatch(row[name]), (name, row[name])


def request(row, extended=False):
    fits(row, REQUEST | (EXTENSION if extended else {}))
    moments(row, "requested_datetime", "updated_datetime", "expected_datetime")
    assert row["status"] in {"open", "closed"}
    assert (row["lat"] is None) == (row["long"] is None)


def service(row):
    fits(row, SERVICE)
    assert row["type"] in {"realtime", "batch", "blackbox"}


def definition(row):
    fits(row, {"service_code": (TEXT,), "attributes": (list,)})
    for attribute in row["attributes"]:
        fits(attribute, ATTRIBUTE)
        assert attribute["datatype"] in DATATYPES
        assert bool(attribute["values"]) == attribute["datatype"].endswith("list")
        for value in attribute["values"]:
            fits(value, {"key": (TEXT,), "name": (TEXT,)})


def receipt(row):
    fits(row, RECEIPT)
    assert (row["service_request_id"] is None) != (row["token"] is None)


def update(row):
    fits(row, UPDATE)
    moments(row, "updated_datetime")
    assert row["status"] in {"open", "closed"}


def errors(response, status, form):
    """The errors of an answer, after checking that they have the format that was asked for."""
    assert response.status_code == status, response.content.decode()
    rows = read(response, form, "errors", "error")
    assert rows
    for row in rows:
        assert int(row["code"]) == status
        assert row["description"]
    if form == "json":
        [fits(row, ERROR) for row in rows]
    return [row["description"] for row in rows]


def read(response, form, root, entry):
    """The entries of a list in either format; XML as texts."""
    assert (
        response["Content-Type"] == {"xml": "text/xml", "json": "application/json"}[form] + "; charset=utf-8"
    )
    body = response.content.decode("utf-8")
    if form == "json":
        return json.loads(body)
    assert body.startswith('<?xml version="1.0" encoding="utf-8"?>')
    found = ET.fromstring(body)
    assert found.tag == root
    assert {child.tag for child in found} <= {entry}
    return [flat(child) for child in found]


def flat(element):
    """Name and text of each child; a child with children of its own as a list of such."""
    return {child.tag: [flat(c) for c in child] if len(child) else child.text or "" for child in element}


def same(row, xml):
    """Whether XML says what JSON says: texts for numbers and booleans, empty elements for null."""
    words = {True: "true", False: "false", None: ""}
    for name, value in row.items():
        if isinstance(value, list | dict):
            continue
        expected = words[value] if isinstance(value, bool) or value is None else str(value)
        assert xml[name] == expected, (name, xml[name], expected)
