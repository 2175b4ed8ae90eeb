"""One module per exam; each has one subclass of `Exam`, found by discovery."""
