"""The public log in a browser: readable and accessible at every width, with and without proofs shown."""

import hashlib

import pytest
from playwright.sync_api import expect

from huiyin.audit import operations


@pytest.fixture
def log(transactional_db):
    """A log of three tree heads; the leaf hashes."""
    hashes = []
    for turn in range(3):
        hashes += operations.add_leaves([hashlib.sha256(b"%d %d" % (turn, n)).digest() for n in range(40)])
        operations.record("case.file", actor="person", subject=f"case:{turn}")
        operations.seal_records()
        operations.sign_tree_head()
    return hashes


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_the_log_is_accessible_and_fits(
    open_context, width, language, log, assert_accessible, assert_fits, screenshot
):
    page = open_context(width=width, language=language).new_page()
    for query in ("", f"?leaf={log[50]}", "?first=40&second=120", "?first=40&second=7"):
        page.goto(f"/log/{query}")
        page.wait_for_selector(".js-enabled")
        assert_fits(page)
        assert_accessible(page)
    page.goto(f"/log/?leaf={log[50]}")
    screenshot(page, f"log-{language}-{width}")
    page.goto("/log/?first=40&second=7")
    screenshot(page, f"log-refused-{language}-{width}")


def test_the_empty_log_is_accessible(page, transactional_db, assert_accessible):
    page.goto("/log/")
    expect(page.get_by_role("heading", name="The log is still empty")).to_be_visible()
    assert_accessible(page)


def test_a_proof_is_asked_for_by_hand_and_without_script(open_context, log):
    page = open_context(javascript=False).new_page()
    page.goto("/log/")
    page.get_by_label("Leaves in the older tree").fill("40")
    page.get_by_label("Leaves in the newer tree").fill("120")
    page.get_by_role("button", name="Show the proof").click()
    expect(page.get_by_text("The tree of 120 leaves continues the tree of 40.")).to_be_visible()
