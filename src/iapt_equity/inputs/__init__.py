"""The door of the warehouse: what the input folders hold, checked against the contract and read as typed views."""
