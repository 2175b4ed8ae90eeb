"""An extension that the sample names; the tests here never import it."""
