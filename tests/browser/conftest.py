"""A real Chromium for tests that look at screens as a person does."""

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

ROOT = Path(__file__).resolve().parent.parent.parent
SCREENSHOTS = ROOT / "screenshots"
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
WIDTHS = {320: 640, 768: 1024, 1280: 800}
# What sticks out to the right, the innermost last.
OVER = """() => [...document.querySelectorAll("body *")]
  .filter((e) => e.getBoundingClientRect().right > document.documentElement.clientWidth + 1 && !e.closest(".hy-table-scroll"))
  .slice(-6).map((e) => `${e.tagName}.${e.className}`).join(", ")"""
FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip


def chromium_path() -> str | None:
    names = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
    return os.environ.get("HUIYIN_CHROMIUM") or next(filter(None, map(shutil.which, names)), None)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """All tests of this folder are browser tests."""
    reason = "--no-browser" if config.getoption("--no-browser") else ""
    if not reason and not chromium_path():
        reason = "NO CHROMIUM"
    for item in items:
        if Path(__file__).parent in Path(item.path).parents:
            item.add_marker(pytest.mark.browser)
            if reason:
                item.add_marker(pytest.mark.skip(reason=reason))


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_path(), headless=True, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(params=WIDTHS, ids=lambda width: f"{width}px")
def width(request: pytest.FixtureRequest) -> int:
    """Ask for this fixture to run a test at each of the three widths."""
    return request.param


@pytest.fixture
def open_context(chromium: Browser, live_server) -> Iterator[Callable[..., BrowserContext]]:
    """`open_context(width=320, language="zh-hans", javascript=True)`: a fresh visitor of the live server."""
    opened: list[BrowserContext] = []

    def make(
        *, width: int = 1280, language: str = "en", javascript: bool = True, **options
    ) -> BrowserContext:
        context = chromium.new_context(
            base_url=live_server.url,
            viewport={"width": width, "height": WIDTHS.get(width, 800)},
            java_script_enabled=javascript,
            locale={"zh-hans": "zh-CN", "zh-hant": "zh-TW"}.get(language, "en-GB"),
            timezone_id=settings.TIME_ZONE,
            # Animations never make a test wait or a picture differ; the policy stays on as for everybody.
            reduced_motion="reduce",
            **options,
        )
        context.set_default_timeout(15_000)
        context.add_cookies(
            [{"name": settings.LANGUAGE_COOKIE_NAME, "value": language, "url": live_server.url}]
        )
        opened.append(context)
        return context

    yield make
    for context in opened:
        context.close()


@pytest.fixture
def page(open_context) -> Page:
    return open_context().new_page()


@pytest.fixture
def sign_in(live_server) -> Callable:
    """`sign_in(context, user)`: give a browser the session of `user` without walking through the sign-in screens."""

    def sign(context: BrowserContext, user) -> None:
        client = Client()
        client.force_login(user)
        value = client.cookies[settings.SESSION_COOKIE_NAME].value
        context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": value, "url": live_server.url}])

    return sign


@pytest.fixture
def assert_accessible() -> Callable[[Page], None]:
    """Fail with every violation of WCAG 2.2 AA that axe finds on the page as it is now."""

    def check(page: Page) -> None:
        found = Axe().run(page, options={"runOnly": {"type": "tag", "values": WCAG}})
        violations = found.response["violations"]
        told = [
            f"{item['id']}: {item['help']} — {', '.join(str(node['target']) for node in item['nodes'][:5])}"
            for item in violations
        ]
        assert not violations, f"{page.url}\n" + "\n".join(told)

    return check


@pytest.fixture
def assert_fits() -> Callable[[Page], None]:
    """Fail if the page scrolls sideways at its width."""

    def check(page: Page) -> None:
        over = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert over <= 0, f"{page.url} is {over} px too wide at {page.viewport_size}: {page.evaluate(OVER)}"

    return check


@pytest.fixture
def screenshot() -> Callable[..., Path]:
    """`screenshot(page, "home-320")` writes screenshots/home-320.png."""

    def take(page: Page, name: str, *, full_page: bool = True) -> Path:
        SCREENSHOTS.mkdir(exist_ok=True)
        path = SCREENSHOTS / f"{name}.png"
        page.screenshot(path=path, full_page=full_page)
        return path

    return take
