"""Tests of what a cable tells of a board."""
