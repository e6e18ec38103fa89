"""Where files are read: what the input folders hold, checked against the contract and read as typed views."""
