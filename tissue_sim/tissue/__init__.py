"""The state of a tissue and its clock: columns, cells, fields, requests, lineage, scheduler."""
