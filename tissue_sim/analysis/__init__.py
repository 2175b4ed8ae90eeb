"""Reading runs: tables, texts and pictures. Import the modules; this package is empty."""
