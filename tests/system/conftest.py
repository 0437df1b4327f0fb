"""The real browser of tests/browser, for the tests of a whole hall."""

from tests.browser.conftest import browser, connections_break, open_page

__all__ = ["browser", "connections_break", "open_page"]
