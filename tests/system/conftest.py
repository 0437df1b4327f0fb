"""The real browser of tests/browser, for the tests of a whole hall."""

from tests.browser.conftest import browser, open_page

__all__ = ["browser", "open_page"]
