"""From formula or network to compiled kernel: syntax trees, sources, the cache."""
