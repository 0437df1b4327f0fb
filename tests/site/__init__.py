"""The site file: its samples, its faults, its documentation."""
