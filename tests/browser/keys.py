"""Walking through a page by keyboard."""

from playwright.sync_api import Page

FOCUSED = """() => {
  const e = document.activeElement;
  return (e.innerText || e.labels?.[0]?.innerText || e.value || "").trim();
}"""


def press_to(page: Page, text: str) -> None:
    """Walk with the Tab key until the control with this text has the focus."""
    for _step in range(80):
        page.keyboard.press("Tab")
        if text in page.evaluate(FOCUSED):
            return
    raise AssertionError(f"The Tab key never reaches “{text}” on {page.url}")


def enter(page: Page) -> None:
    """Press Enter and wait for the next page."""
    with page.expect_navigation():
        page.keyboard.press("Enter")
