"""Set-up of a machine for this project, all of it inside the project's folder.

Runs on a bare Python 3.11 with nothing but the standard library, before there is an environment.
`python3 -m tools.setup run` (or `test`, `check`) does what is missing and nothing else.
"""
