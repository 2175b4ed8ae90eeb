"""One file per format; found by discovery."""
