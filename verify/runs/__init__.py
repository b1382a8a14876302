"""One run of the suite: tasks, where they run, and the verdicts they come to."""
