"""What is published of the raw data: its counts as cells of one system, and releases of it."""
