"""The technicians' process: updates, jobs at this computer's ports, diagnosis."""
