"""What a person sees in the terminal: the live view, tables, and JSON for programs."""
