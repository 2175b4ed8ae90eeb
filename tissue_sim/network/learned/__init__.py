"""Feed-forward networks read from ONNX files."""
