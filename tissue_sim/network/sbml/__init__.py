"""Reading SBML: the parts of the reader `network.readers.sbml`."""
