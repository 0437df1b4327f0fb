"""The site file: reads it, finds every fault in it, and makes the domain's `Site` of it."""

from gateway.site.load import Checked, check_site, load_site
from gateway.site.problems import Problem, SiteError

__all__ = ["Checked", "Problem", "SiteError", "check_site", "load_site"]
