"""One file per kind of network; found by discovery."""
