"""The kinds of cycle, one file each: settings, behaviours and plan."""
