"""Networks: a model inside a cell, read from text or SBML, advanced by one generated kernel."""
